"""What the people who keep the portal running watch. Cheap enough to be asked every few seconds: open work only."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Sum

from allocations.domain.states import BatchState, RunState
from allocations.domain.webhooks import TEST
from allocations.models import (
    Account,
    Attempt,
    Batch,
    Chunk,
    EnkashToken,
    Run,
    SweeperLease,
    TrailEntry,
    TrailSeal,
    Upload,
    WebhookDelivery,
)
from allocations.models.uploads import UploadState
from allocations.models.webhooks import DeliveryState
from allocations.selectors.contract import open_by_call
from allocations.selectors.exceptions import waiting_count
from allocations.selectors.shell import recovery

RECENT_CALLS = 200
_OUTCOMES = ("pending", "sending", "unknown", "disputed", "credited", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Operating:
    """`runs`: not ended, by state; `rows`: theirs, by outcome; `calls`, `seconds`: of the newest RECENT_CALLS, by state
    and as long as they took; `unsealed`: entries of the trail that no seal covers; `balances`: points by account;
    `differences`: open ones of EnKash's answers by call and whether they break."""

    runs: dict[str, int]
    rows: dict[str, int]
    unknown_since: datetime | None
    for_people: int
    submitted: int
    uploads: int
    swept_at: datetime | None
    login_failures: int
    recovering: bool
    calls: Counter[str]
    seconds: list[float]
    unsealed: int
    balances: dict[str, float]
    # That webhooks have not got, by state.
    events: dict[str, int]
    differences: dict[tuple[str, bool], int]


def operating() -> Operating:
    open_runs = Run.objects.exclude(state=RunState.SETTLED)
    chunks = Chunk.objects.filter(run__in=open_runs).order_by()
    newest = Attempt.objects.order_by("-id").values_list("state", "seconds")[:RECENT_CALLS]
    calls = list(newest)
    token = EnkashToken.objects.only("failures").first()
    return Operating(
        runs=dict(open_runs.order_by().values_list("state").annotate(Count("id"))),
        rows={name: int(count) for name, count in chunks.aggregate(**_sums()).items()},
        unknown_since=chunks.filter(unknown__gt=0).aggregate(at=Min("quiet_since"))["at"],
        for_people=waiting_count(),
        submitted=Batch.objects.filter(state=BatchState.SUBMITTED).count(),
        uploads=Upload.objects.exclude(state__in=(UploadState.READY, UploadState.REFUSED)).count(),
        swept_at=SweeperLease.objects.values_list("swept_at", flat=True).first(),
        login_failures=token.failures if token else 0,
        recovering=recovery() is not None,
        calls=Counter(state for state, _ in calls),
        seconds=sorted(seconds for _, seconds in calls if seconds is not None),
        unsealed=_unsealed(),
        balances={
            account.name: float(account.balance) for account in Account.objects.all() if account.balance is not None
        },
        events=_events(),
        differences=open_by_call(),
    )


def _sums() -> dict[str, Sum]:
    return {name: Sum(name, default=0) for name in _OUTCOMES}


def _events() -> dict[str, int]:
    """Of webhooks: still on their way, or given up and not older than deliveries are kept."""
    open_ones = WebhookDelivery.objects.exclude(state=DeliveryState.DELIVERED).exclude(event=TEST)
    found = dict(open_ones.order_by().values_list("state").annotate(Count("id")))
    return {state.value: found.get(state.value, 0) for state in (DeliveryState.WAITING, DeliveryState.GIVEN_UP)}


def _unsealed() -> int:
    sealed = TrailSeal.objects.order_by("-size").values_list("size", flat=True).first() or 0
    linked = (
        TrailEntry.objects.filter(number__isnull=False).order_by("-number").values_list("number", flat=True).first()
    )
    return (linked or 0) - sealed + TrailEntry.objects.filter(number__isnull=True).count()
