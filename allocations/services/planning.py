"""Before the first call of a run: is it still what was approved, and which rows go into which call?"""

import json
from collections.abc import Generator, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from allocations.domain.approval_policies import FIRST
from allocations.domain.approvals import why_all_void
from allocations.domain.canary import Canary
from allocations.domain.chunking import Planned, plan, set_apart
from allocations.domain.manifest import MerkleRoot, digest, leaf, needs_newer_code, payload_bytes, payload_hash
from allocations.domain.pauses import Pause
from allocations.domain.schedule import start_text
from allocations.domain.states import BatchState, RowState, RunEvent, RunState
from allocations.enkash.errors import EnkashError
from allocations.gateway import Gateway
from allocations.models import Account, Batch, Chunk, Row, Run
from allocations.selectors.approval_policies import in_force
from allocations.selectors.votes import approval_lasts, approvals_of, as_approvals, asked_of
from allocations.services import balances, holds, leases, outcomes, recovering, runs
from allocations.services.bulk import update_many
from allocations.services.predecessors import against_replacing

_BLOCK = 2000
PAYLOAD_FIELDS = ("title", "name", "email", "mobile", "amount", "remarks", "reference")


def begin_run(run_id: int, *, gateway: Gateway) -> None:
    """Plans a queued run whose time has come and lets it go; a run that is under way already is left alone."""
    waiting = Run.objects.filter(holds.startable(gateway.clock()), pk=run_id, state=RunState.QUEUED)
    queued = waiting.select_related("batch__account").first()
    if queued is None or holds.frozen():
        return
    opening_balance = _opening_balance(queued.batch.account, gateway=gateway)
    now = gateway.clock()
    with transaction.atomic(durable=True):
        run = Run.objects.select_for_update(of=("self",)).select_related("batch__account").get(pk=run_id)
        if run.state != RunState.QUEUED or recovering.under_way():
            return
        if is_too_new(run.batch):
            runs.pause_by_itself(run, Pause.OUTDATED, now=now)
            return
        if not is_as_approved(run.batch):
            runs.pause_by_itself(run, Pause.TAMPERED, now=now)
            return
        if void := _why_void(run, now=now):
            runs.pause_by_itself(run, void, now=now)
            return
        if why := against_replacing(run.batch_id):
            runs.pause_by_itself(run, Pause.IMPOSSIBLE, now=now, detail=why)
            return
        canary = plan_chunks(run)
        begun: dict[str, Any] = {"started_at": now, "opening_balance": opening_balance, "canary": canary}
        runs.advance(run, RunEvent.START, now=now, **begun)


def _why_void(run: Run, *, now: datetime) -> Pause | None:
    """Asked once, before the first call of a batch: a re-run sends again what that first run was allowed to send."""
    if run.generation > 1:
        return None
    batch = run.batch
    return why_all_void(
        [approval for _, approval in as_approvals(batch)],
        asked=asked_of(batch),
        submitted_under=batch.policy,
        in_force=in_force().number,
        now=now,
        lasts=approval_lasts(),
    )


def _opening_balance(account: Account, *, gateway: Gateway) -> Decimal | None:
    """Worth a question, not a pause: the send procedure asks again before the first call and then insists."""
    try:
        return balances.read_balance(account, gateway=gateway)
    except EnkashError:
        return None


def is_too_new(batch: Batch) -> bool:
    """Whether the list was approved with a newer version of the portal than this process runs."""
    return needs_newer_code(json.loads(batch.manifest))


def is_as_approved(batch: Batch) -> bool:
    """Whether rows, manifest and digest are what as many approvers signed as the manifest asks for."""
    manifest: dict[str, Any] = json.loads(batch.manifest)
    # The first manifests knew no policy: one approver.
    asked = manifest.get("policy", {"version": FIRST, "approvers": 1})
    return (
        batch.state == BatchState.APPROVED
        and batch.digest == digest(batch.manifest)
        and asked == frozen_policy(batch)
        and approvals_of(batch).count() >= batch.approvers
        and account_is_as_approved(batch)
        # The first manifests knew no start.
        and manifest.get("start_at", "") == start_text(batch.start_at)
        and merkle_root(batch) == manifest["merkle_root"]
    )


def frozen_policy(batch: Batch) -> dict[str, int | str]:
    """What of the approval policy is part of the manifest. Most name no group."""
    group = {"group": batch.approvers_group} if batch.approvers_group else {}
    return {"version": batch.policy, "approvers": batch.approvers, **group}


def account_is_as_approved(batch: Batch) -> bool:
    """Whether the points would come from the account, and go to the people, that the approver saw."""
    manifest: dict[str, Any] = json.loads(batch.manifest)
    approved = (manifest["company_id"], manifest["card_account_id"], manifest["is_points_allocation"])
    return approved == (batch.account.company_id, batch.account.card_account_id, batch.is_points_allocation)


def rows_to_send(batch: Batch) -> Generator[Row, None, None]:
    """Every row of the batch that is not left out, in file order, with its payload."""
    wanted = Row.objects.filter(batch=batch).exclude(state=RowState.LEFT_OUT).order_by("number")
    yield from wanted.only("id", "number", "payload_hash", *PAYLOAD_FIELDS).iterator(chunk_size=_BLOCK)


def payload_of(row: Row) -> bytes:
    """The row's element of the request, made from what is stored now."""
    return payload_bytes(
        title=row.title,
        name=row.name,
        email=row.email,
        mobile=row.mobile,
        amount=row.amount or 0,
        remarks=row.remarks,
        reference=row.reference,
    )


def store_payload_hashes(rows: QuerySet[Row]) -> None:
    """Of rows that have no error any more, and no hash yet."""
    bare = rows.filter(error_count=0, payload_hash="", amount__isnull=False)
    update_many(Row, ["payload_hash", "id"], [(payload_hash(payload_of(row)), row.pk) for row in bare], among={})


def merkle_root(batch: Batch) -> str:
    """Root over the payloads as they are stored now."""
    tree = MerkleRoot()
    for row in rows_to_send(batch):
        tree.add(leaf(row.number, payload_hash(payload_of(row))))
    return tree.hexdigest()


def plan_chunks(run: Run) -> Canary:
    """Stores the plan. WAITING: its first chunk is a canary."""
    size = run.batch.account.chunk_size
    pending = Row.objects.filter(batch=run.batch, state=RowState.PENDING).order_by("number")
    # A late answer decides one of these rows before it is planned, or waits until it is.
    former = set(pending.filter(chunk__isnull=False).values_list("chunk_id", flat=True))
    leases.lock_chunks(former)
    amounts: dict[int, int] = {}

    def planned() -> Iterator[Planned]:
        for row_id, mobile, email, amount in pending.values_list("pk", "mobile", "email", "amount").iterator(_BLOCK):
            amounts[row_id] = amount or 0
            yield Planned(row_id, mobile, email)

    # A run of no more rows than the canary has no rest that could follow.
    canary = min(settings.ENKASH_CANARY_ROWS, size)
    first, rest = set_apart(planned(), count=canary) if 0 < canary < pending.count() else ([], planned())
    groups = [first, *plan(rest, size=size)] if first else plan(rest, size=size)
    must_look_up = recovering.must_be_looked_up(run.batch)
    chunks = Chunk.objects.bulk_create(
        Chunk(
            run=run,
            number=number,
            row_count=len(group),
            pending=len(group),
            points=sum(amounts[row_id] for row_id in group),
            must_look_up=must_look_up,
        )
        for number, group in enumerate(groups, start=1)
    )
    placed = [(chunk.pk, row_id) for chunk, group in zip(chunks, groups, strict=True) for row_id in group]
    for begin in range(0, len(placed), _BLOCK):
        update_many(Row, ("chunk", "id"), placed[begin : begin + _BLOCK], among={})
    # A re-run takes rows out of their former chunks, whose counters follow.
    outcomes.recount(former)
    return Canary.WAITING if first else Canary.NONE
