"""What an auditor asks again and again, each as a named read of its own: newest first, a page at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from allocations.domain.decisions import ProposalState
from allocations.models import ApprovalPolicy, Proposal, TrailEntry, Vote
from allocations.selectors.reveals import REVEALED

PAGE = 50
# What takes recipients' details out of the portal.
_EXPORTS = ("batch exported", "bundle exported")
# How long after a change of policy an approval by who changed it is worth a look.
SOON = timedelta(days=3)
Kind = TypeVar("Kind", bound=Model)
Shown = TypeVar("Shown")


@dataclass(frozen=True, slots=True)
class Place:
    """`since` and `until` bound the time of what is listed; `before` is the id to page on from."""

    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Listed(Generic[Shown]):
    """`before`: the id that the next, older page starts below; None on the last one."""

    found: tuple[Shown, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class UnderOwnPolicy:
    """An approval, and the newest policy before it in which its approver had a hand."""

    vote: Vote
    policy: ApprovalPolicy


def late_approvals(place: Place, *, opens: int, closes: int, days: Iterable[int], size: int = PAGE) -> Listed[Vote]:
    """Approvals outside of `opens` to `closes` o'clock in India and of `days` (1: Monday). Votes are one or two a
    batch and version, so their table is short."""
    zone = timezone.get_default_timezone()
    votes = Vote.objects.filter(decision="approve").select_related("batch", "voted_by")
    votes = votes.alias(hour=ExtractHour("voted_at", tzinfo=zone), day=ExtractIsoWeekDay("voted_at", tzinfo=zone))
    late = votes.exclude(hour__gte=opens, hour__lt=closes, day__in=list(days))
    return _page(late, place, time="voted_at", size=size)


def approved_under_own_policy(place: Place, *, size: int = PAGE) -> Listed[UnderOwnPolicy]:
    """Approvals by somebody who had a hand in a policy that came into force less than SOON before. Policies are few."""
    policies = list(
        ApprovalPolicy.objects.filter(state=ProposalState.CONFIRMED).order_by("-number").select_related("proposed_by")
    )
    votes = Vote.objects.filter(_soon_after(policies), decision="approve").select_related("batch", "voted_by")
    found = _page(votes, place, time="voted_at", size=size)
    return Listed(tuple(UnderOwnPolicy(vote, _last_of(vote, policies)) for vote in found.found), found.before)


def _soon_after(policies: Iterable[ApprovalPolicy]) -> Q:
    wanted = Q(pk__in=())
    for one in policies:
        if one.decided_at is not None:
            own = (one.proposed_by_id, one.decided_by_id)
            wanted |= Q(voted_by__in=own, voted_at__gte=one.decided_at, voted_at__lt=one.decided_at + SOON)
    return wanted


def _last_of(vote: Vote, policies: Iterable[ApprovalPolicy]) -> ApprovalPolicy:
    """`policies`: newest first; one of them brought the vote here."""
    return next(
        one
        for one in policies
        if one.decided_at is not None
        and vote.voted_by_id in {one.proposed_by_id, one.decided_by_id}
        and one.decided_at <= vote.voted_at < one.decided_at + SOON
    )


def closed_by_people(place: Place, *, size: int = PAGE) -> Listed[Proposal]:
    """Decisions about unknown and conflict rows that were confirmed; as few as people make."""
    decided = Proposal.objects.filter(state=ProposalState.CONFIRMED)
    decided = decided.select_related("batch", "proposed_by", "decided_by").prefetch_related("rows__row")
    return _page(decided, place, time="decided_at", size=size)


def taken_in_full(place: Place, *, size: int = PAGE) -> Listed[TrailEntry]:
    """Exports and bundles with recipients' details that are not masked."""
    entries = TrailEntry.objects.filter(event__in=_EXPORTS, data__personal_data="in full")
    return _page(entries.select_related("batch", "actor"), place, time="at", size=size)


def reveals(place: Place, *, size: int = PAGE) -> Listed[TrailEntry]:
    """What was masked and shown all the same, one entry a row."""
    entries = TrailEntry.objects.filter(event=REVEALED).select_related("batch", "actor")
    return _page(entries, place, time="at", size=size)


def exported_searches(place: Place, *, size: int = PAGE) -> Listed[TrailEntry]:
    """They belong to no batch, so no batch's trail tells of them."""
    return _page(
        TrailEntry.objects.filter(event="search exported").select_related("actor"), place, time="at", size=size
    )


def _page(wanted: QuerySet[Kind], place: Place, *, time: str, size: int) -> Listed[Kind]:
    if place.since and place.until:
        wanted = wanted.filter(Q(**{f"{time}__gte": place.since, f"{time}__lt": place.until}))
    if place.before:
        wanted = wanted.filter(pk__lt=place.before)
    found = list(wanted.order_by("-id")[: size + 1])
    return Listed(tuple(found[:size]), found[size - 1].pk if len(found) > size else None)
