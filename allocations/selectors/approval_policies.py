"""The approval policy in force, the one that waits, those before, and what batches ask of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from django.conf import settings
from django.db.models import QuerySet, Sum

from allocations.domain.approval_policies import FIRST, TERMS, Asked, Terms, Version, broken
from allocations.domain.days import IST, day_of
from allocations.domain.decisions import ProposalState
from allocations.domain.policy_replay import Past
from allocations.domain.states import FROZEN_BATCHES, BatchState, RowState, RunState
from allocations.models import ApprovalPolicy, Batch, Row, Run

REPLAYED = 50
# Of single rows, so many at most: the page is waited for.
REPLAYED_ROWS = 100_000
_NEVER = datetime.max.replace(tzinfo=UTC)


def in_force() -> Version:
    """The newest that was confirmed; as installed while there is none."""
    newest = _agreed().order_by("-number").first()
    return Version(FIRST, Terms()) if newest is None else Version(newest.number or FIRST, terms_of(newest))


def terms_of(policy: ApprovalPolicy) -> Terms:
    terms = Terms(**{name: getattr(policy, name) for name in TERMS})
    # JSON knows no tuples.
    return terms if terms.allowed_amounts is None else replace(terms, allowed_amounts=tuple(terms.allowed_amounts))


def ceilings() -> dict[str, int]:
    """What the installation allows at most, whatever people agree on."""
    return {
        "most_points_batch": settings.MAX_POINTS_PER_BATCH,
        "most_points_row": settings.MAX_POINTS_PER_ROW,
    }


def _agreed() -> QuerySet[ApprovalPolicy]:
    return ApprovalPolicy.objects.filter(state=ProposalState.CONFIRMED).select_related("proposed_by", "decided_by")


def agreed_policies() -> QuerySet[ApprovalPolicy]:
    """The newest first."""
    return _agreed().order_by("-number")


def turned_down_policies(limit: int) -> QuerySet[ApprovalPolicy]:
    """Proposals that came to nothing, the newest first."""
    states = (ProposalState.REFUSED, ProposalState.WITHDRAWN)
    gone = ApprovalPolicy.objects.filter(state__in=states).select_related("proposed_by", "decided_by")
    return gone.order_by("-id")[:limit]


def proposed_policy() -> ApprovalPolicy | None:
    waiting = ApprovalPolicy.objects.filter(state=ProposalState.OPEN)
    return waiting.select_related("proposed_by").first()


def asked_by(batch: Batch, *, given: int = 0) -> Asked:
    """`given`: points that were approved on that day before."""
    return Asked(points=batch.points_total, largest=batch.largest_points, given=given)


def approved_on_day(account_id: int, *, at: datetime) -> int:
    """Points of an account's batches that were approved on the IST day of this instant."""
    start, end = day_of(at)
    approved = Batch.objects.filter(
        account_id=account_id, state=BatchState.APPROVED, approved_at__gte=start, approved_at__lt=end
    )
    return int(approved.aggregate(points=Sum("points_total", default=0))["points"])


def against_submitting(batch: Batch, terms: Terms) -> str:
    """The limit that the batch is beyond, whenever it is approved, as a sentence; "" for none."""
    return next(iter(broken(terms.within(**ceilings()), asked_by(batch)).values()), "")


def against_limits(batch: Batch, terms: Terms, *, at: datetime) -> str:
    """The limit that an approval at this instant would break, as a sentence; "" for none."""
    asked = asked_by(batch, given=approved_on_day(batch.account_id, at=at))
    return next(iter(broken(terms.within(**ceilings()), asked).values()), "")


def void_with_another(number: int) -> tuple[int, int]:
    """How many batches would have to be submitted anew if another policy than this came into force: those that wait
    for approval, and approved ones whose run has not begun."""
    waiting = Batch.objects.filter(state=BatchState.SUBMITTED, policy=number).count()
    queued = Run.objects.filter(generation=1, started_at=None, batch__policy=number).exclude(state=RunState.SETTLED)
    return waiting, queued.count()


def recent_past(terms: Terms) -> tuple[dict[int, Batch], list[Past], Counter[tuple[int, date]]]:
    """The batches submitted last, the same in the order of their approvals, and by account and IST day the points of
    all other batches approved on those days. Single rows only where the terms have a rule for them."""
    submitted = Batch.objects.filter(state__in=FROZEN_BATCHES).select_related("account").prefetch_related("votes")
    batches = {batch.pk: batch for batch in submitted.order_by("-submitted_at", "-pk")[:REPLAYED]}
    by_approval = sorted(batches.values(), key=lambda one: (one.approved_at or _NEVER, one.pk))
    past = [_past(batch) for batch in by_approval]
    if terms.most_points_person_month is not None or terms.allowed_amounts is not None:
        past = _with_rows(past, batches.values())
    return batches, past, _given_by_others(batches)


def _past(batch: Batch) -> Past:
    return Past(
        batch_id=batch.pk,
        account_id=batch.account_id,
        points=batch.points_total,
        rows=batch.row_count - batch.left_out_count,
        largest=batch.largest_points,
        day=batch.approved_at.astimezone(IST).date() if batch.approved_at else None,
        approved_by=_approved_by(batch),
    )


def _approved_by(batch: Batch) -> frozenset[int]:
    """Of the prefetched votes; nobody while it waits."""
    if batch.state != BatchState.APPROVED:
        return frozenset()
    votes = (vote for vote in batch.votes.all() if (vote.version, vote.decision) == (batch.version, "approve"))
    return frozenset(vote.voted_by_id for vote in votes)


def _with_rows(past: list[Past], newest_first: Iterable[Batch]) -> list[Past]:
    """Of the newest batches, as far as REPLAYED_ROWS goes."""
    left, people, amounts = REPLAYED_ROWS, dict[int, Counter[str]](), dict[int, set[int]]()
    for batch in newest_first:
        if batch.row_count <= left:
            left -= batch.row_count
            people[batch.pk], amounts[batch.pk] = Counter(), set()
    rows = Row.objects.filter(batch__in=list(people)).exclude(state=RowState.LEFT_OUT).order_by()
    for batch_id, mobile, amount in rows.values_list("batch_id", "mobile", "amount").iterator():
        if mobile:
            people[batch_id][mobile] += amount or 0
        amounts[batch_id].add(amount or 0)
    return [
        replace(one, people=people[one.batch_id], amounts=frozenset(amounts[one.batch_id]))
        if one.batch_id in people
        else one
        for one in past
    ]


def _given_by_others(batches: dict[int, Batch]) -> Counter[tuple[int, date]]:
    given: Counter[tuple[int, date]] = Counter()
    times = [batch.approved_at for batch in batches.values() if batch.approved_at]
    if times:
        since, _ = day_of(min(times))
        others = Batch.objects.filter(state=BatchState.APPROVED, approved_at__gte=since).exclude(pk__in=batches)
        for account_id, at, points in others.values_list("account_id", "approved_at", "points_total"):
            if at is not None:
                given[account_id, at.astimezone(IST).date()] += points
    return given
