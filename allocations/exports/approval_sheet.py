"""The approval sheet as PDF: what stands on the page, to be read, signed and filed on paper."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from django.conf import settings
from django.urls import reverse

from allocations.domain.days import IST
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.manifest import short_code
from allocations.domain.policy import Actor, can_see_personal_data
from allocations.domain.states import BatchState
from allocations.exports import sheet_parts as parts
from allocations.exports.about import connection
from allocations.exports.hashes import sha256_of
from allocations.exports.sheet_paper import Frame, Paper
from allocations.exports.snapshots import snapshot
from allocations.gateway import database_now
from allocations.models import Batch
from allocations.presenters.approval_sheets import what_is_signed, who_signs
from allocations.presenters.numbers import NO_VALUE, counted, grouped
from allocations.presenters.people import for_reader, masked_mobile
from allocations.presenters.questions import threads
from allocations.presenters.times import moment
from allocations.presenters.votes import effect
from allocations.selectors.approvals import committed_points, facts_of, sent_rows
from allocations.selectors.batch_pages import batches_with_people
from allocations.selectors.questions import questions_of
from allocations.selectors.samples import sample_of
from allocations.selectors.votes import approvals_of
from allocations.services import exporting

# Some 120 pages. Of longer lists the sheet has the sample: nobody reads more, and its digest covers every row.
MOST_ROWS = 5_000
_FETCH = 1_000
_SAMPLE = (
    "The largest, then some with warnings, some of people who were not in the batch before and some of all, drawn from "
    "the digest, so nobody chose them."
)
_BOXES = "A box stands for a character that this sheet has no letters for. The batch's page shows it."


class Rows(StrEnum):
    """Which rows stand on the sheet."""

    SAMPLE = "sample"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class MadeSheet:
    """A finished PDF, at its start. Closing it deletes it. `rows`: which it has, whatever was asked for."""

    file: BinaryIO
    name: str
    sha256: str
    rows: Rows


def approval_sheet(actor: Actor, *, batch_id: int, rows: str) -> MadeSheet:
    """Written whole, noted in the trail, then handed out.

    `rows`: a word of `Rows`; of more than MOST_ROWS the sheet has the sample and says so. Raises NotAllowed,
    InvalidInput for another word, StateConflict for a batch that is not submitted, or whose rows do not equal its
    counters.
    """
    if rows not in tuple(Rows):
        raise InvalidInput(f"“{rows}” is not a choice of rows. Choose one of: {', '.join(Rows)}.")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        with snapshot():
            batch = _batch(batch_id)
            exporting.check_sheet(actor, batch)
            at, in_full = database_now(), can_see_personal_data(actor, facts_of(batch))
            has = Rows.ALL if rows == Rows.ALL and holds_all(batch) else Rows.SAMPLE
            sheet = _Sheet(batch, actor, in_full=in_full, at=at)
            with closing(sheet.paper):
                count, points = sheet.write(has, wanted=Rows(rows))
                sheet.paper.output(file)
        made = MadeSheet(
            file, f"approval-sheet-{batch.pk}-{has}-{at.astimezone(IST):%Y-%m-%d}.pdf", sha256_of(file), has
        )
        exporting.record_export(
            actor,
            batch_id=batch.pk,
            kind="approval sheet",
            rows=count,
            points=points,
            sha256=made.sha256,
            outcome=has,
            digest=batch.digest,
            personal_data="in full" if in_full else "masked",
        )
    except BaseException:
        file.close()
        raise
    return made


def _batch(batch_id: int) -> Batch:
    batch = batches_with_people().filter(pk=batch_id).first()
    if batch is None:
        raise InvalidInput(f"There is no batch {batch_id}.")
    return batch


def holds_all(batch: Batch) -> bool:
    """Whether a sheet can have all its rows."""
    return _sent(batch) <= MOST_ROWS


def _sent(batch: Batch) -> int:
    return batch.row_count - batch.left_out_count


def _content(batch: Batch, actor: Actor, *, in_full: bool, at: datetime) -> parts.Content:
    facts = facts_of(batch)
    return parts.Content(
        batch=batch,
        effect=effect(batch, committed=committed_points(batch.account)),
        signed=what_is_signed(batch, in_full=in_full, now=at),
        signers=who_signs(batch, now=at),
        approvals=list(approvals_of(batch)),
        threads=threads(questions_of(batch), batch, actor=actor, facts=facts, in_full=in_full),
        address=f"{settings.PORTAL_URL.rstrip('/')}{reverse('allocations:batch-approval', args=[batch.pk])}",
        is_decided=batch.state != BatchState.SUBMITTED,
    )


class _Sheet:
    def __init__(self, batch: Batch, actor: Actor, *, in_full: bool, at: datetime) -> None:
        self._batch, self._in_full = batch, in_full
        self._content = _content(batch, actor, in_full=in_full, at=at)
        self._sample = sample_of(batch)
        is_live = settings.ENKASH_ENVIRONMENT == "live"
        frame = Frame(
            title=f"Approval sheet of batch {batch.pk}",
            head=f"Approval sheet of batch {batch.pk}: {batch.purpose}",
            warning="" if is_live else connection().upper(),
            foot=f"Batch {batch.pk}, version {batch.version}, digest {short_code(batch.digest)}",
            digest=f"SHA-256 {batch.digest}",
            made=f"Printed {moment(at)}",
        )
        self.paper = Paper(frame, at=at)

    def write(self, has: Rows, *, wanted: Rows) -> tuple[int, int]:
        """Returns how many rows it has, and their points."""
        paper, content = self.paper, self._content
        parts.write_top(paper, content)
        parts.write_facts(paper, content)
        parts.write_unusual(paper, content)
        parts.write_threads(paper, content)
        parts.write_comparison(paper, content)
        parts.write_spread(paper, content)
        written = self._all_rows() if has is Rows.ALL else self._sample_rows(too_many=wanted is Rows.ALL)
        parts.write_votes(paper, content)
        parts.write_boxes(paper, content)
        if paper.has_boxes:
            paper.write_text(_BOXES, size=7.5)
        return written

    def _sample_rows(self, *, too_many: bool) -> tuple[int, int]:
        count = counted(_sent(self._batch), "row")
        more = f"The list has {count}, more than the {grouped(MOST_ROWS)} that a sheet holds: this is its sample. "
        said = f"{more if too_many else ''}{_SAMPLE}"
        rows = [
            self._cells(
                one.row.number, one.why.capitalize(), (one.row.name, one.row.mobile, one.row.remarks), one.row.amount
            )
            for one in self._sample
        ]
        parts.write_rows(self.paper, f"{counted(len(rows), 'row')} of the sample", said, rows, ())
        return len(rows), sum(one.row.amount or 0 for one in self._sample)

    def _all_rows(self) -> tuple[int, int]:
        tally = [0, 0]
        batch = self._batch
        total = ("", "Total", counted(_sent(batch), "row"), "", grouped(batch.points_total), "")
        said = "Every row that would be sent. Rows of the sample say why they are in it."
        if self._content.is_decided:
            said = "Every row that was approved. Rows of the sample say why they are in it."
        parts.write_rows(self.paper, f"All {counted(_sent(batch), 'row')}", said, self._every_row(tally), total)
        count, points = tally
        if (count, points) != (_sent(batch), batch.points_total):
            raise StateConflict(
                f"The sheet does not add up: it has {count} rows with {points} points, and the batch {_sent(batch)} "
                f"with {batch.points_total}. Nothing was printed. Tell the owner of the portal."
            )
        return count, points

    def _every_row(self, tally: list[int]) -> Iterator[Sequence[str]]:
        """Counted into `tally` as they pass: rows and points."""
        why = {one.row.number: one.why.capitalize() for one in self._sample}
        stored = sent_rows(self._batch).order_by("number")
        wanted = ("number", "warning_count", "name", "mobile", "remarks", "amount")
        for number, warnings, name, mobile, remarks, amount in stored.values_list(*wanted).iterator(_FETCH):
            tally[0] += 1
            tally[1] += amount or 0
            yield self._cells(number, why.get(number, "Warned" if warnings else ""), (name, mobile, remarks), amount)

    def _cells(self, number: int, why: str, texts: tuple[str, str, str], amount: int | None) -> Sequence[str]:
        """As the page's sample has them."""
        name, mobile, remarks = texts
        return (
            grouped(number),
            why,
            for_reader(name, self._in_full) or NO_VALUE,
            masked_mobile(mobile),
            grouped(amount),
            for_reader(remarks, self._in_full) or NO_VALUE,
        )
