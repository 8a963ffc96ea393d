"""Everything that is known of one row."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from allocations.domain.cells import FIELDS
from allocations.domain.decisions import ProposalState
from allocations.domain.outcomes import Evidence
from allocations.domain.states import RowState
from allocations.models import AttemptRow, Problem, Proposal, Row, TrailEntry, Upload, Vote

# The trail's event for a row that EnKash credited under a second transaction id.
SECOND_CREDIT = "row credited again"
_BY_HAND = ("cell mended", "cell put back")
# One entry for the rows and columns of a whole workbook, or of a repair.
_BY_MANY = ("correction workbook applied", "rows repaired", "repair undone")


@dataclass(frozen=True, slots=True)
class ByHand:
    """A trail entry that tells of a change of this row, and the columns that it changed."""

    entry: TrailEntry
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passport:
    """One row with its problems, its attempts in order and the vote on the content it belongs to.

    `decided_at`: when people decided what became of it; None where something else proves it.
    """

    row: Row
    problems: tuple[Problem, ...]
    attempts: tuple[AttemptRow, ...]
    vote: Vote | None
    decided_at: datetime | None = None
    # Of the content it was sent with, where more than one approver was needed.
    approvals: tuple[Vote, ...] = ()
    # Transaction ids of further credits than the one on record.
    second_credits: tuple[str, ...] = ()
    # How its list was read.
    upload: Upload | None = None
    # Cells changed in the portal before submission, oldest first.
    by_hand: tuple[ByHand, ...] = ()


def passport_of(batch_id: int, number: int) -> Passport | None:
    """None where the batch has no such row."""
    people = ("batch__account", "batch__uploaded_by", "batch__submitted_by", "batch__approved_by")
    row = Row.objects.select_related("chunk__run", *people).filter(batch_id=batch_id, number=number).first()
    if row is None:
        return None
    attempts = AttemptRow.objects.filter(row=row).select_related("attempt__chunk__run").order_by("attempt_id")
    votes = Vote.objects.filter(batch_id=batch_id, version=row.batch.version).select_related("voted_by")
    return Passport(
        row=row,
        problems=tuple(Problem.objects.filter(row=row).order_by("id")),
        attempts=tuple(attempts),
        vote=votes.order_by("-pk").first(),
        approvals=tuple(votes.filter(decision="approve").order_by("pk")),
        decided_at=_decided_at(row) if row.evidence == Evidence.PEOPLE else None,
        second_credits=_second_credits(row),
        upload=Upload.objects.filter(batch_id=batch_id).first(),
        by_hand=_by_hand(row),
    )


def _by_hand(row: Row) -> tuple[ByHand, ...]:
    # Rows of a list that was read anew were changed by nothing that came before it.
    newest = Upload.objects.filter(batch_id=row.batch_id).values_list("uploaded_at", flat=True).first()
    own = Q(object_type="row", object_id=row.pk, event__in=_BY_HAND)
    several = Q(event__in=_BY_MANY, at__gt=newest) if newest else Q(event__in=_BY_MANY)
    entries = TrailEntry.objects.filter(own | several, batch=row.batch_id).select_related("actor").order_by("pk")
    told = (ByHand(entry, _fields(entry, row.number)) for entry in entries)
    return tuple(one for one in told if one.fields)


def _fields(entry: TrailEntry, number: int) -> tuple[str, ...]:
    if entry.event not in _BY_MANY:
        return (entry.data["field"],)
    return tuple(field for field in FIELDS if number in entry.data["changed"].get(field, ()))


def _decided_at(row: Row) -> datetime | None:
    confirmed = Proposal.objects.filter(rows__row=row, state=ProposalState.CONFIRMED)
    return confirmed.order_by("-decided_at").values_list("decided_at", flat=True).first()


def _second_credits(row: Row) -> tuple[str, ...]:
    if row.state != RowState.CREDITED:
        return ()
    told = TrailEntry.objects.filter(batch=row.batch_id, object_type="row", object_id=row.pk, event=SECOND_CREDIT)
    return tuple(dict.fromkeys(entry.data["transaction_id"] for entry in told))
