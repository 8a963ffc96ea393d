"""What an approver reads before deciding: the queue, and everything notable about one frozen list."""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet, Sum

from allocations.domain.policy import BatchFacts
from allocations.domain.spreads import Spread, SpreadCount
from allocations.domain.states import BatchState, RowState, RunState
from allocations.models import Account, Batch, Chunk, Problem, Row, Run, Vote
from allocations.selectors.review import causes


def batches_awaiting_approval() -> QuerySet[Batch]:
    """Longest waiting first."""
    waiting = Batch.objects.filter(state=BatchState.SUBMITTED)
    return (
        waiting.select_related("account", "submitted_by").prefetch_related("editors", "votes").order_by("submitted_at")
    )


def latest_votes(limit: int) -> QuerySet[Vote]:
    return Vote.objects.select_related("batch", "voted_by").order_by("-id")[:limit]


def facts_of(batch: Batch) -> BatchFacts:
    """What the policy asks about a batch. Uses prefetched editors and votes where there are."""
    makers = {editor.user_id for editor in batch.editors.all()} | {batch.uploaded_by_id, batch.submitted_by_id}
    return BatchFacts(
        state=BatchState(batch.state),
        maker_ids=frozenset(maker for maker in makers if maker is not None),
        uploaded_by_id=batch.uploaded_by_id,
        submitted_by_id=batch.submitted_by_id,
        is_erased=batch.erased_at is not None,
        voter_ids=frozenset(vote.voted_by_id for vote in _waiting_approvals(batch)),
    )


def _waiting_approvals(batch: Batch) -> list[Vote]:
    if batch.state != BatchState.SUBMITTED:
        return []
    return [vote for vote in batch.votes.all() if vote.version == batch.version and vote.decision == "approve"]


def votes_of(batch: Batch) -> QuerySet[Vote]:
    return Vote.objects.filter(batch=batch).select_related("voted_by")


@dataclass(frozen=True, slots=True)
class Oddity:
    """One kind of warning among the rows that would be sent; points where every such row has an amount."""

    code: str
    rows: int
    points: int
    example: str
    first_row: int | None


def oddities(batch: Batch) -> list[Oddity]:
    """The largest first. Of each kind the sentence about its first row is the example."""
    kinds = [cause for cause in causes(batch) if cause.severity == "warning"]
    firsts = reduce(or_, (Q(code=kind.code, number=kind.first) for kind in kinds), Q(pk=None))
    problems = Problem.objects.filter(firsts, batch=batch, severity="warning").order_by("-id")
    examples = dict(problems.values_list("code", "message"))
    return [Oddity(kind.code, kind.rows, kind.points, examples.get(kind.code, ""), kind.first) for kind in kinds]


def sent_rows(batch: Batch) -> QuerySet[Row]:
    """The rows that the batch gives points to: all but those left out."""
    return Row.objects.filter(batch=batch).exclude(state=RowState.LEFT_OUT)


def own_row(batch: Batch, *, user_id: int) -> int | None:
    """The first row that would give points to this user, known by the e-mail address; None without either."""
    return own_row_among(sent_rows(batch), user_id=user_id)


def own_row_among(rows: QuerySet[Row], *, user_id: int) -> int | None:
    """As own_row, of these rows."""
    address = User.objects.filter(pk=user_id).values_list("email", flat=True).first()
    own = rows.filter(email__iexact=address) if address else Row.objects.none()
    return own.order_by("number").values_list("number", flat=True).first()


def spread_of(batch: Batch) -> Spread:
    """As counted when this content was frozen: over a million rows nobody waits for it at every look."""
    if batch.spread is not None and batch.spread["digest"] == batch.digest:
        return Spread.of_stored(batch.spread)
    counted = SpreadCount()
    for number, amount in sent_rows(batch).filter(amount__isnull=False).values_list("number", "amount").iterator():
        counted.add(number, amount or 0)
    return counted.spread()


def previous_batch(batch: Batch) -> Batch | None:
    """The batch beside which approvers see this one: frozen with the content, so that the sample stays what it is."""
    frozen = json.loads(batch.manifest) if batch.manifest else {}
    if "compared" in frozen:
        return Batch.objects.filter(pk=frozen["compared"]).first()
    return newest_approved_before(batch)


def newest_approved_before(batch: Batch) -> Batch | None:
    """Among those made before this one, from the same account."""
    earlier = Batch.objects.filter(account_id=batch.account_id, state=BatchState.APPROVED, id__lt=batch.pk)
    return earlier.order_by("-id").first()


def committed_points(account: Account) -> Decimal:
    """Points that approved batches may still take from the account: neither credited, proven failed nor cancelled."""
    open_runs = Run.objects.exclude(state=RunState.SETTLED).filter(batch__account=account)
    batches = Batch.objects.filter(pk__in=open_runs.values("batch_id"))
    promised = batches.aggregate(points=Sum("points_total", default=0))["points"]
    decided = Chunk.objects.filter(run__batch__in=batches).aggregate(
        points=Sum(F("credited_points") + F("failed_points") + F("cancelled_points"), default=Decimal(0))
    )["points"]
    return Decimal(promised) - Decimal(decided)
