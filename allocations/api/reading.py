"""What became of it all: runs, reward accounts, the trail."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router

from allocations.api.documents import READ_ANSWERS
from allocations.api.door import Call, needs
from allocations.api.paging import Id, Newer, Older, Page
from allocations.api.shapes import AccountOut, EntryOut, RunOut, account_out, entry_out, run_out
from allocations.api.sight import sees_people
from allocations.domain.api_tokens import Scope
from allocations.domain.policy import can_audit, check_audit
from allocations.models import Batch, Run, TrailEntry
from allocations.selectors.approvals import committed_points
from allocations.selectors.wallets import accounts

router = Router(tags=["Runs, accounts, trail"])


class Runs(Page):
    items: list[RunOut]


class Entries(Page):
    items: list[EntryOut]


class OfBatch(Older):
    batch: int | None = Field(None, ge=1, le=2**63 - 1)


@router.get("/runs", response={200: Runs, **READ_ANSWERS}, summary="List runs", **needs(Scope.READ))
def list_runs(request: Call, paging: Query[OfBatch]) -> Runs:
    """Newest first, of one batch or of all."""
    runs = Run.objects.select_related("batch").order_by("-id")
    runs = runs if paging.batch is None else runs.filter(batch_id=paging.batch)
    runs = runs if paging.before is None else runs.filter(pk__lt=paging.before)
    found = list(runs[: paging.limit + 1])
    shown = found[: paging.limit]
    return Runs(items=[run_out(run) for run in shown], next=shown[-1].pk if len(found) > paging.limit else None)


@router.get("/runs/{run_id}", response={200: RunOut, **READ_ANSWERS}, summary="Read a run", **needs(Scope.READ))
def read_run(request: Call, run_id: Id) -> RunOut:
    """Where its rows stand at this moment."""
    return run_out(get_object_or_404(Run.objects.select_related("batch"), pk=run_id))


@router.get("/accounts", response={200: list[AccountOut], **READ_ANSWERS}, summary="List accounts", **needs(Scope.READ))
def list_accounts(request: Call) -> list[AccountOut]:
    """Reward accounts with their balances."""
    return [account_out(account, committed=committed_points(account)) for account in accounts()]


@router.get(
    "/batches/{batch_id}/trail",
    response={200: Entries, **READ_ANSWERS},
    summary="Trail of a batch",
    **needs(Scope.TRAIL),
)
def batch_trail(request: Call, batch_id: Id, paging: Query[Newer]) -> Entries:
    """What was done to it, oldest first by `id`. A run writes from many sides, so to look again later, begin anew."""
    batch = get_object_or_404(Batch, pk=batch_id)
    # An auditor compares the chain, for which each entry has to be as it is.
    in_full = can_audit(request.auth.actor) or sees_people(request, batch)
    return _entries(TrailEntry.objects.filter(batch=batch), paging, by="pk", in_full=in_full)


@router.get("/trail", response={200: Entries, **READ_ANSWERS}, summary="The whole trail", **needs(Scope.TRAIL))
def whole_trail(request: Call, paging: Query[Newer]) -> Entries:
    """By `number`, for auditors, without a gap: each entry once it has its place in the chain, which takes half a
    minute. Go on later from behind the last number that you have."""
    check_audit(request.auth.actor)
    return _entries(TrailEntry.objects.filter(number__isnull=False), paging, by="number", in_full=True)


def _entries(entries: QuerySet[TrailEntry], paging: Newer, *, by: str, in_full: bool) -> Entries:
    found = list(entries.filter(**{f"{by}__gt": paging.after}).order_by(by)[: paging.limit + 1])
    shown = found[: paging.limit]
    later = getattr(shown[-1], by) if len(found) > paging.limit else None
    return Entries(items=[entry_out(one, in_full=in_full) for one in shown], next=later)
