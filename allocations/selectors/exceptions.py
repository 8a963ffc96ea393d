"""Rows that wait for people, and the decisions about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from allocations.domain.decisions import ProposalState
from allocations.domain.states import UNDECIDED_BY_US, RowState, RunState
from allocations.models import Chunk, Proposal, ProposalRow, Row, Run
from allocations.models.runs import ChunkState

PAGE = 100
FEW_CHUNKS = 200
KINDS: dict[str, frozenset[RowState]] = {
    "unknown": frozenset({RowState.UNKNOWN}),
    "conflict": UNDECIDED_BY_US,
}


def chunks_for_people() -> QuerySet[Chunk]:
    """Chunks with rows that wait for people: only runs that have not ended have any."""
    open_runs = Run.objects.exclude(state=RunState.SETTLED)
    return Chunk.objects.filter(Q(disputed__gt=0) | Q(state=ChunkState.PEOPLE), run__in=open_runs)


def waiting_rows() -> QuerySet[Row]:
    """What contradicts itself, and what is unknown where nothing is looked up by itself any more."""
    given_up = Q(state=RowState.UNKNOWN, chunk__state=ChunkState.PEOPLE)
    chunks = chunks_for_people().order_by()
    # Named one by one, few chunks among many are reached through the index of their rows.
    few = list(chunks.values_list("pk", flat=True)[: FEW_CHUNKS + 1])
    held = Q(chunk_id__in=few) if len(few) <= FEW_CHUNKS else Q(chunk__in=chunks)
    return Row.objects.filter(Q(state__in=UNDECIDED_BY_US) | given_up, held)


def waits_for_people(row: Row) -> bool:
    """Of a row whose chunk is read already."""
    given_up = row.state == RowState.UNKNOWN and row.chunk is not None and row.chunk.state == ChunkState.PEOPLE
    return given_up or row.state in UNDECIDED_BY_US


def waiting_count() -> int:
    """From the counters of the chunks, for the navigation of every page."""
    counted = chunks_for_people().aggregate(
        disputed=Sum("disputed", default=0), unknown=Sum("unknown", filter=Q(state=ChunkState.PEOPLE), default=0)
    )
    return int(counted["disputed"] + counted["unknown"])


@dataclass(frozen=True, slots=True)
class WantedExceptions:
    """A filter. `owner_id` None: whoever; `unowned`: only rows that nobody looks after."""

    batch_id: int | None = None
    kind: str = ""
    owner_id: int | None = None
    unowned: bool = False


@dataclass(frozen=True, slots=True)
class ExceptionPage:
    """Rows by batch and number. `later`: the row id to page from, None at the end."""

    rows: tuple[Row, ...]
    later: int | None


def exception_page(wanted: WantedExceptions, *, after: int | None = None, size: int = PAGE) -> ExceptionPage:
    rows = _filtered(wanted)
    last = Row.objects.filter(pk=after).first() if after else None
    if last:
        rows = rows.filter(Q(batch_id__gt=last.batch_id) | Q(batch_id=last.batch_id, number__gt=last.number))
    found = list(_with_people(rows).order_by("batch_id", "number")[: size + 1])
    return ExceptionPage(tuple(found[:size]), later=found[size - 1].pk if len(found) > size else None)


def _filtered(wanted: WantedExceptions) -> QuerySet[Row]:
    rows = waiting_rows()
    if wanted.batch_id is not None:
        rows = rows.filter(batch_id=wanted.batch_id)
    if wanted.kind in KINDS:
        rows = rows.filter(state__in=KINDS[wanted.kind])
    if wanted.owner_id is not None:
        rows = rows.filter(exception_owner__owner_id=wanted.owner_id)
    return rows.filter(exception_owner=None) if wanted.unowned else rows


def _with_people(rows: QuerySet[Row]) -> QuerySet[Row]:
    open_ones = Prefetch("proposals", ProposalRow.objects.filter(is_open=True), to_attr="open_proposals")
    return rows.select_related("batch", "chunk__run", "exception_owner__owner").prefetch_related(open_ones)


def waiting_by_batch() -> dict[int, int]:
    """How many rows of each batch wait for people."""
    unknown = Sum("unknown", filter=Q(state=ChunkState.PEOPLE), default=0)
    sums = chunks_for_people().order_by().values("run__batch").annotate(rows_waiting=Sum("disputed") + unknown)
    return {one["run__batch"]: one["rows_waiting"] for one in sums}


def rows_to_decide(batch_id: int, numbers: Sequence[int]) -> list[Row]:
    """The rows of these numbers, whatever their state, in file order."""
    rows = Row.objects.filter(batch_id=batch_id, number__in=numbers).order_by("number")
    return list(_with_people(rows).prefetch_related("attempts"))


def open_decisions() -> QuerySet[Proposal]:
    """Decisions that wait for a second person, the oldest first."""
    return _proposals().filter(state=ProposalState.OPEN).order_by("id")


def decision_of(proposal_id: int) -> Proposal | None:
    return _proposals().filter(pk=proposal_id).first()


def decided_rows(proposal: Proposal) -> QuerySet[ProposalRow]:
    return proposal.rows.select_related("row").annotate(number=F("row__number")).order_by("number")


def decisions_about(row: Row) -> QuerySet[Proposal]:
    """Every decision that was ever proposed about the row, the newest first."""
    return _proposals().filter(rows__row=row)


def _proposals() -> QuerySet[Proposal]:
    return Proposal.objects.select_related("batch", "proposed_by", "decided_by")
