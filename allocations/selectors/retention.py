"""Which batches are over for so long that nobody needs to know any more who was in them."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from allocations.domain.decisions import ProposalState
from allocations.domain.reversals import OPEN
from allocations.domain.states import AttemptState, BatchState, RunState
from allocations.models import Attempt, Batch, Chunk, Proposal, Reversal, ReversalAttempt, Run

_UNREAD = Q(state=AttemptState.RESOLVED, body__isnull=False, result="")
_UNDECIDED = Q(pending__gt=0) | Q(sending__gt=0) | Q(unknown__gt=0) | Q(disputed__gt=0)


def erasable_batches(*, before: datetime) -> QuerySet[Batch]:
    """Oldest first: nothing is open in them, and nothing happened to them since `before`."""
    return Batch.objects.filter(_given_up(before) | _settled(before), created_at__lt=before, erased_at=None).order_by(
        "pk"
    )


def _given_up(before: datetime) -> Q:
    """Lists that nobody submitted."""
    return Q(state__in=(BatchState.DRAFT, BatchState.REVIEW), changed_at__lt=before)


def _settled(before: datetime) -> Q:
    runs = Run.objects.filter(batch=OuterRef("pk"))
    going = runs.filter(~Q(state=RunState.SETTLED) | Q(settled_at__gte=before))
    chunks = Chunk.objects.filter(_UNDECIDED, run__batch=OuterRef("pk"))
    late = Attempt.objects.filter(_UNREAD, chunk__run__batch=OuterRef("pk"))
    proposals = Proposal.objects.filter(batch=OuterRef("pk"), state=ProposalState.OPEN)
    return (
        Q(state=BatchState.APPROVED)
        & Exists(runs)
        & ~Exists(going)
        & ~Exists(chunks)
        & ~Exists(late)
        & ~Exists(proposals)
        & ~Exists(_reversals(before))
    )


def _reversals(before: datetime) -> QuerySet[Reversal]:
    """Of the batch, such as still need to know whose points they take."""
    young = Q(requested_at__gte=before) | Q(outcome_at__gte=before)
    held = ~Q(pause_code="") | Exists(ReversalAttempt.objects.filter(_UNREAD, reversal=OuterRef("pk")))
    return Reversal.objects.filter(young | held | Q(state__in=OPEN), row__batch=OuterRef("pk"))


def half_erased_batches() -> QuerySet[Batch]:
    """Their files are left: whoever erased them ended in between."""
    return Batch.objects.filter(erased_at__isnull=False, files_erased_at=None).order_by("pk")


def open_reversals(batch_id: int) -> QuerySet[Reversal]:
    return Reversal.objects.filter(row__batch=batch_id, state__in=OPEN)
