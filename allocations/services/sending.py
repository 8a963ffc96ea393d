"""One chunk, once: prepare, write the intent, call, keep the answer. No call is ever made inside a transaction."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from allocations.domain.calls import CallResult
from allocations.domain.manifest import payload_hash, request_body
from allocations.domain.outcomes import Reason
from allocations.domain.pauses import Pause
from allocations.domain.states import ATTEMPT, AttemptEvent, AttemptState, RowState, RunState, move
from allocations.enkash.auth import Token
from allocations.enkash.errors import (
    BadCertificate,
    EnkashError,
    LoginBlocked,
    LoginRefused,
    NotSent,
    OutcomeUnknown,
    Refused,
)
from allocations.enkash.transport import RawAnswer
from allocations.gateway import CODE_VERSION, Gateway, Timing
from allocations.models import Account, Attempt, AttemptRow, Chunk, Row
from allocations.services import (
    answering,
    balances,
    drift,
    holds,
    keeping,
    leases,
    outcomes,
    planning,
    runs,
    stop_loss,
    trail,
    waiting,
)
from allocations.services.bulk import TableWriter
from allocations.services.keeping import Kept
from allocations.services.leases import Claim, holds_chunk, still_mine, time_for_a_call
from allocations.services.planning import payload_of

# The token must outlive the call it is used for.
TOKEN_MARGIN = timedelta(seconds=30)


def send_chunk(claim: Claim, *, gateway: Gateway) -> None:
    """Sends the rows of a claimed chunk that may be sent: PENDING ones, and UNKNOWN ones that were looked up."""
    chunk = leases.chunk_of(claim)
    wanted = _wanted(chunk)
    if wanted is None:
        with transaction.atomic(durable=True):
            outcomes.recount([chunk.pk])
        return
    token = _prepare(chunk, wanted, claim=claim, gateway=gateway)
    if drift.pause_if_heard(chunk.run_id, gateway=gateway) or token is None:
        return
    intent = _write_intent(chunk, claim, gateway=gateway)
    if intent is None:
        return
    attempt, body = intent
    gateway.witness.note(claim.instance_id, attempt.pk)
    if not time_for_a_call(claim.expires_at, gateway=gateway):
        _record_not_sent(attempt, NotSent("The worker was held up for too long."), claim=claim, gateway=gateway)
        return
    account = chunk.run.batch.account
    try:
        raw = gateway.client.allocate(
            body,
            company_id=account.company_id,
            card_account_id=account.card_account_id,
            is_points_allocation=chunk.run.batch.is_points_allocation,
            token=token,
        )
    except NotSent as error:
        _record_not_sent(attempt, error, claim=claim, gateway=gateway)
        return
    except OutcomeUnknown as error:
        _record_lost(attempt, error, claim=claim, gateway=gateway)
        return
    _take_answer(attempt, raw, claim=claim, gateway=gateway)


def _take_answer(attempt: Attempt, raw: RawAnswer, *, claim: Claim, gateway: Gateway) -> None:
    kept = keeping.keep_answer(attempt, raw, claim=claim, gateway=gateway)
    # An expired token is answered 401, by some servers 400; a needless login costs nothing.
    if raw.status in {400, 401}:
        gateway.client.forget_token()
    if kept is Kept.IN_TIME:
        answering.apply_kept(attempt, raw, gateway=gateway)
    elif kept is Kept.LATE:
        answering.apply_answer(attempt.pk, gateway=gateway, late=True)


def _wanted(chunk: Chunk) -> int | None:
    """Points of the rows that may be sent; None if there is none."""
    if chunk.pending == chunk.row_count:
        return chunk.points
    sendable = Row.objects.filter(chunk=chunk, state__in=_SENDABLE).values_list("amount", flat=True)
    amounts = [amount or 0 for amount in sendable]
    return sum(amounts) if amounts else None


def _prepare(chunk: Chunk, wanted: int, *, claim: Claim, gateway: Gateway) -> Token | None:
    """A token that lives long enough and a balance that suffices; otherwise the run waits or pauses."""
    try:
        funds = balances.balance_for_sending(chunk.run.batch.account_id, gateway=gateway)
        if not funds.cover(wanted):
            # The stored figure may be minutes old: a top-up since then is no reason to pause.
            funds = balances.balance_for_sending(chunk.run.batch.account_id, gateway=gateway, afresh=True)
        token = gateway.client.token((gateway.timing.deadline + TOKEN_MARGIN).total_seconds())
    except (LoginRefused, LoginBlocked) as error:
        _hold(chunk, Pause.LOGIN, gateway=gateway, detail=error.message)
    except Refused as error:
        _hold(chunk, Pause.REFUSED, gateway=gateway, detail=error.message)
    except EnkashError as error:
        _back_off(chunk, error, gateway=gateway)
    else:
        if funds.cover(wanted):
            return token
        waiting.wait_for_points(chunk, wanted, funds, claim=claim, gateway=gateway)
    return None


_SENDABLE = (RowState.PENDING, RowState.UNKNOWN)
_NEEDED = ("number", "state", "payload_hash", *planning.PAYLOAD_FIELDS)


def _hold(chunk: Chunk, pause: Pause, *, gateway: Gateway, detail: str) -> None:
    with transaction.atomic(durable=True):
        runs.pause_by_itself(chunk.run, pause, now=gateway.clock(), detail=detail)


def _back_off(chunk: Chunk, error: EnkashError, *, gateway: Gateway) -> None:
    """Nothing was sent yet, so whatever happened to the preparing call has no effect on rows."""
    result = CallResult.BAD_CERTIFICATE if isinstance(error, BadCertificate) else CallResult.NOT_SENT
    with transaction.atomic(durable=True):
        runs.after_call(chunk.run, result, None, now=gateway.clock(), said=str(error))


def _write_intent(chunk: Chunk, claim: Claim, *, gateway: Gateway) -> tuple[Attempt, bytes] | None:
    """The durable intent. None if the worker was overtaken or too slow, the run stopped, a row tampered with, or none
    is left."""
    now = gateway.clock()
    with transaction.atomic(durable=True):
        if claim.expires_at - now < gateway.timing.budget or not holds_chunk(claim):
            return None
        whole = list(Row.objects.filter(chunk=chunk).only(*_NEEDED).order_by("number"))
        rows = [row for row in whole if row.state in _SENDABLE]
        payloads = [payload_of(row) for row in rows]
        objection = _objection(chunk, whole, rows, payloads)
        if objection is None:
            return _store_intent(chunk, claim, rows, payloads, now=now, timing=gateway.timing)
    _hold(chunk, objection, gateway=gateway, detail="")
    return None


def _store_intent(
    chunk: Chunk, claim: Claim, rows: Sequence[Row], payloads: Sequence[bytes], *, now: datetime, timing: Timing
) -> tuple[Attempt, bytes] | None:
    begun = chunk.attempts_used > 0
    if not rows:
        outcomes.recount([chunk.pk])
        return None
    body = request_body(payloads)
    attempt = _create_attempt(chunk, claim, rows, hashlib.sha256(body).hexdigest(), now=now)
    # A late answer may have decided one of the rows this instant.
    stored = _mark_sending(chunk, now=now) == len(rows)
    outcomes.recount([chunk.pk], attempts_used=attempt.number)
    # Last of all, so that lanes wait for each other no longer than for a commit.
    balances.lock(chunk.run.batch.account_id)
    funds = balances.stored_funds(chunk.run.batch.account_id, now=now, timing=timing)
    if not (stored and funds.cover(0) and _run_goes_on(claim, begun=begun)):
        transaction.set_rollback(True)
        return None
    return attempt, body


def _mark_sending(chunk: Chunk, *, now: datetime) -> int:
    return Row.objects.filter(chunk=chunk, state__in=_SENDABLE).update(
        state=RowState.SENDING, tries=F("tries") + 1, first_sent_at=Coalesce("first_sent_at", now)
    )


def _objection(chunk: Chunk, whole: Sequence[Row], rows: Sequence[Row], payloads: Sequence[bytes]) -> Pause | None:
    if planning.is_too_new(chunk.run.batch):
        return Pause.OUTDATED
    return None if _is_as_planned(chunk, whole, rows, payloads) else Pause.TAMPERED


def _is_as_planned(chunk: Chunk, whole: Sequence[Row], rows: Sequence[Row], payloads: Sequence[bytes]) -> bool:
    """Whether account, rows and payloads still are what was approved and planned."""
    return (
        planning.account_is_as_approved(chunk.run.batch)
        and (len(whole), sum(row.amount or 0 for row in whole)) == (chunk.row_count, chunk.points)
        and all(payload_hash(payload) == row.payload_hash for payload, row in zip(payloads, rows, strict=True))
    )


def _run_goes_on(claim: Claim, *, begun: bool) -> bool:
    """Read again under the transaction: what was clicked meanwhile wins."""
    run = runs.read_steady(claim.run_id)
    if run is None or run.state != RunState.RUNNING:
        return False
    return holds.may_send(run, begun=begun, instance_id=claim.instance_id)


def _create_attempt(chunk: Chunk, claim: Claim, rows: Sequence[Row], sha256: str, *, now: datetime) -> Attempt:
    # Read since the claim, and only the holder of the claim counts up.
    chunk.attempts_used += 1
    attempt = Attempt.objects.create(
        chunk=chunk,
        number=chunk.attempts_used,
        epoch=claim.epoch,
        worker=claim.owner,
        code_version=CODE_VERSION,
        payload_sha256=sha256,
        row_count=len(rows),
        points=sum(row.amount or 0 for row in rows),
        sent_at=now,
    )
    lines = TableWriter(AttemptRow, ("attempt", "row", "position"))
    lines.write([(attempt.pk, row.pk, position) for position, row in enumerate(rows)])
    trail.write_entry(
        "attempt intended",
        at=attempt.sent_at,
        object_type="attempt",
        object_id=attempt.pk,
        batch_id=chunk.run.batch_id,
        run=chunk.run_id,
        chunk=chunk.number,
        number=attempt.number,
        rows=attempt.row_count,
        points=attempt.points,
        payload_sha256=sha256,
    )
    return attempt


def _record_not_sent(attempt: Attempt, error: NotSent, *, claim: Claim, gateway: Gateway) -> None:
    """Proved: no byte left this machine. The rows are as before, the try is not counted."""
    result = CallResult.BAD_CERTIFICATE if isinstance(error, BadCertificate) else CallResult.NOT_SENT
    _close(attempt, AttemptEvent.PROVE_NOT_SENT, result, error, claim=claim, gateway=gateway)


def _record_lost(attempt: Attempt, error: OutcomeUnknown, *, claim: Claim, gateway: Gateway) -> None:
    """The call may have had its effect: its rows are unknown, and quiet time begins now."""
    _close(attempt, AttemptEvent.LOSE, CallResult.NO_ANSWER, error, claim=claim, gateway=gateway)


def _close(
    attempt: Attempt, event: AttemptEvent, result: CallResult, error: EnkashError, *, claim: Claim, gateway: Gateway
) -> None:
    now = gateway.clock()
    with transaction.atomic(durable=True):
        leases.lock_run(claim.run_id)
        if not still_mine(claim):
            return
        after = move(ATTEMPT, AttemptState.INTENT, event)
        Attempt.objects.filter(pk=attempt.pk, state=AttemptState.INTENT).update(
            state=after, result=result, message=str(error), quiet_since=now
        )
        rows = list(attempt.rows.values_list("row_id", flat=True))
        if event is AttemptEvent.LOSE:
            due = now + gateway.timing.recovery.quiet
            outcomes.lose_sight(rows, reason=Reason.NO_ANSWER, now=now)
            Chunk.objects.filter(pk=attempt.chunk_id).update(quiet_since=now, next_action_at=due, lookups_failed=0)
            Account.objects.filter(pk=attempt.chunk.run.batch.account_id).update(balance_stale=True)
        else:
            outcomes.put_back(rows, arrived=False)
        outcomes.recount([attempt.chunk_id])
        trail.write_entry(
            f"attempt {after}",
            at=now,
            object_type="attempt",
            object_id=attempt.pk,
            batch_id=attempt.chunk.run.batch_id,
            result=result,
            message=str(error),
        )
        runs.after_call(attempt.chunk.run, result, None, now=now, said=str(error))
        if event is AttemptEvent.LOSE:
            stop_loss.watch_lost(attempt.chunk.run, len(rows), now=now)
