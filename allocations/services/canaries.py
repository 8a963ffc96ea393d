"""Verifying a run's first chunk by EnKash's list of transactions before the rest may follow."""

from django.db import transaction
from django.db.models import F

from allocations.domain.canary import Canary, CanaryStep, Seen, find
from allocations.domain.lookups import judge, without_reuse
from allocations.domain.pauses import Pause
from allocations.domain.states import RowState, RunState
from allocations.enkash.errors import EnkashError
from allocations.gateway import Gateway
from allocations.models import Chunk, Row, Run
from allocations.models.runs import ChunkState
from allocations.services import answering, drift, leases, runs, trail


def verify_canary(run_id: int, *, gateway: Gateway) -> bool:
    """Looks once, if it is time to. True: the first rows are as they should be, and the rest may follow."""
    waiting = Run.objects.filter(leases.due(gateway.clock()), pk=run_id, state=RunState.RUNNING, cancelled_at=None)
    run = waiting.filter(canary=Canary.WAITING).select_related("batch__account").first()
    chunk = run and Chunk.objects.filter(run=run, number=1).exclude(state=ChunkState.OPEN).first()
    if not (run and chunk):
        return False
    finding = find(_look(run, chunk, gateway=gateway), checks=run.canary_checks)
    if drift.pause_if_heard(run_id, gateway=gateway):
        return False
    now = gateway.clock()
    with transaction.atomic(durable=True):
        # Another worker may have looked at the same time: one of the two findings counts.
        mine = Run.objects.filter(
            pk=run_id, state=RunState.RUNNING, canary=Canary.WAITING, canary_checks=run.canary_checks
        )
        match finding.step:
            case CanaryStep.WAIT:
                mine.update(canary_checks=F("canary_checks") + 1, next_action_at=now + finding.wait)
            case CanaryStep.PAUSE:
                if mine.update(canary_checks=F("canary_checks") + 1):
                    runs.pause_by_itself(run, Pause.CANARY, now=now, detail=finding.why)
            case CanaryStep.FOLLOW:
                return _let_the_rest_follow(run, mine.update(canary=Canary.VERIFIED), gateway=gateway)
    return False


def _look(run: Run, chunk: Chunk, *, gateway: Gateway) -> list[Seen] | None:
    """Each row of the chunk beside what EnKash lists for it; None when EnKash did not answer."""
    rows = list(Row.objects.filter(chunk=chunk).order_by("number"))
    account = run.batch.account
    try:
        found = gateway.client.find_transactions(
            [row.reference for row in rows if row.state == RowState.CREDITED],
            company_id=account.company_id,
            card_account_id=account.card_account_id,
        )
    except EnkashError:
        return None
    verdicts = [judge(answering.sent_row(row, sent_before=True), found) for row in rows]
    believed = without_reuse(verdicts, taken=answering.holders(t.transaction_id for t in found))
    return [
        Seen(RowState(row.state), row.transaction_id or "", verdict)
        for row, verdict in zip(rows, believed, strict=True)
    ]


def _let_the_rest_follow(run: Run, changed: int, *, gateway: Gateway) -> bool:
    if changed:
        trail.write_entry(
            "canary verified",
            at=gateway.clock(),
            object_type="run",
            object_id=run.pk,
            batch_id=run.batch_id,
        )
    return bool(changed)
