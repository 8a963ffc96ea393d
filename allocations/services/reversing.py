"""Taking points back at EnKash, one reversal at a time: the send procedure of chunks, with the single call.

Intent before the call, raw answer before its reading, a lane of the account, self-fencing by the lease. No call is
ever made inside a transaction.
"""

import hashlib
from typing import Any

from django.db import transaction

from allocations.domain.calls import CallResult
from allocations.domain.debits import Doubt, Finding
from allocations.domain.manifest import digest as digest_of
from allocations.domain.manifest import payload_hash
from allocations.domain.pauses import Pause
from allocations.domain.reversals import REVERSAL, ReversalEvent, ReversalState
from allocations.domain.states import ATTEMPT, AttemptEvent, AttemptState, RowState, move, sources
from allocations.enkash.auth import Token
from allocations.enkash.errors import (
    BadCertificate,
    EnkashError,
    NotSent,
    OutcomeUnknown,
    Refused,
)
from allocations.enkash.single_call import Direction, SingleOrder, single_body
from allocations.gateway import CODE_VERSION, Gateway, database_now, enkash_config
from allocations.models import Reversal, ReversalAttempt
from allocations.selectors.reversals import signed_points
from allocations.services import late_answers, reversal_answers, reversal_leases, reversal_recovery
from allocations.services.leases import time_for_a_call
from allocations.services.planning import payload_of
from allocations.services.reversal_leases import Claim, held_up, is_mine
from allocations.services.reversal_outcomes import back_off, conclude_call, hold, hold_for_drift
from allocations.services.reversals import advance, content_of, locked_reversal, locked_row
from allocations.services.sending import TOKEN_MARGIN


def take_back(reversal_id: int, *, gateway: Gateway) -> None:
    """Works on one reversal as far as it can go now; does nothing if nothing is due or another worker has it."""
    gateway.watch.listen_for(None)
    late_answers.read_of_reversal(reversal_id, gateway=gateway)
    claim = reversal_leases.claim_reversal(reversal_id, gateway=gateway)
    if claim is None:
        return
    try:
        work_on(claim, gateway=gateway)
    finally:
        reversal_leases.release(claim)


def work_on(claim: Claim, *, gateway: Gateway) -> None:
    """One claimed reversal: what a dead worker left, what is unknown, then what may be sent."""
    reversal_recovery.recover_abandoned(claim, gateway=gateway)
    if Reversal.objects.filter(pk=claim.reversal_id, state=ReversalState.DISPUTED).exists():
        reversal_recovery.look_again(claim, gateway=gateway)
    elif reversal_recovery.resolve_unknown(claim, gateway=gateway) and not _hold_if_heard(claim, gateway=gateway):
        _send(claim, gateway=gateway)
    _hold_if_heard(claim, gateway=gateway)


def _hold_if_heard(claim: Claim, *, gateway: Gateway) -> bool:
    """Whether an answer that was read for it breaks the contract; then it is held, and nothing is sent."""
    broken = gateway.watch.take_broken()
    if broken:
        with transaction.atomic(durable=True):
            hold_for_drift(locked_reversal(claim.reversal_id), broken, now=gateway.clock())
    return bool(broken)


def hold_for_defect(reversal_id: int) -> None:
    """The portal itself failed on it: stop, keep everything, tell people."""
    with transaction.atomic(durable=True):
        hold(locked_reversal(reversal_id), Pause.DEFECT, now=database_now())


def _send(claim: Claim, *, gateway: Gateway) -> None:
    token = _token(claim, gateway=gateway)
    if (
        _hold_if_heard(claim, gateway=gateway)
        or token is None
        or not time_for_a_call(claim.expires_at, gateway=gateway)
    ):
        return
    intent = _write_intent(claim, gateway=gateway)
    if intent is None:
        return
    attempt, order = intent
    if not time_for_a_call(claim.expires_at, gateway=gateway):
        _close(attempt, NotSent("The worker was held up for too long."), claim=claim, gateway=gateway)
        return
    try:
        raw = gateway.client.allocate_single(order, token=token)
    except (NotSent, OutcomeUnknown) as error:
        _close(attempt, error, claim=claim, gateway=gateway)
        return
    kept = reversal_answers.keep_answer(attempt, raw, gateway=gateway)
    # An expired token is answered 401, by some servers 400; a needless login costs nothing.
    if raw.status in {400, 401}:
        gateway.client.forget_token()
    if kept:
        reversal_answers.apply_answer(attempt.pk, gateway=gateway)


def _token(claim: Claim, *, gateway: Gateway) -> Token | None:
    """A token that outlives the call; otherwise the reversal waits, or is held for people."""
    try:
        return gateway.client.token((gateway.timing.deadline + TOKEN_MARGIN).total_seconds())
    except Refused as error:
        with transaction.atomic(durable=True):
            hold(locked_reversal(claim.reversal_id), Pause.LOGIN, now=gateway.clock(), detail=error.message)
    except EnkashError as error:
        with transaction.atomic(durable=True):
            reversal = locked_reversal(claim.reversal_id)
            result = CallResult.BAD_CERTIFICATE if isinstance(error, BadCertificate) else CallResult.NOT_SENT
            back_off(reversal, result, now=gateway.clock(), said=str(error))
    return None


def order_of(reversal: Reversal) -> SingleOrder:
    """The same bytes at every try. The person is named by the card, by the mobile only where no card id is known."""
    account = reversal.row.batch.account
    return SingleOrder(
        direction=Direction.DEBIT,
        company_id=account.company_id,
        card_account_id=account.card_account_id,
        amount=reversal.amount,
        reference=reversal.reference,
        card_id=reversal.card_id,
        mobile="" if reversal.card_id else reversal.row.mobile,
    )


def _write_intent(claim: Claim, *, gateway: Gateway) -> tuple[ReversalAttempt, SingleOrder] | None:
    """The durable intent. None if the worker was overtaken, the reversal held or not as approved."""
    now = gateway.clock()
    with transaction.atomic(durable=True):
        reversal = locked_reversal(claim.reversal_id)
        ready = reversal.state in sources(REVERSAL, ReversalEvent.SEND) and not reversal.pause_code
        # Asked under the lock that a freeze and a recovery take as well.
        if not is_mine(claim, reversal) or not ready or held_up():
            return None
        order = order_of(reversal)
        sha256 = hashlib.sha256(single_body(order, reference_key=enkash_config().reference_key)).hexdigest()
        if not _is_as_approved(reversal, sha256):
            hold(reversal, Pause.TAMPERED, now=now)
            return None
        row = locked_row(reversal.row_id)
        if signed_points(row) > (row.credited_amount or 0):
            hold(reversal, Pause.OVERDRAWN, now=now)
            return None
        number = reversal.attempts_used + 1
        attempt = ReversalAttempt.objects.create(
            reversal=reversal,
            number=number,
            epoch=claim.epoch,
            worker=claim.owner,
            code_version=CODE_VERSION,
            payload_sha256=sha256,
            sent_at=now,
        )
        told = {"attempt": number, "amount": reversal.amount, "payload_sha256": sha256}
        counts: dict[str, Any] = {"tries": reversal.tries + 1, "attempts_used": number}
        advance(reversal, ReversalEvent.SEND, now=now, told=told, **counts)
        return attempt, order


def _is_as_approved(reversal: Reversal, sha256: str) -> bool:
    """Whether row, account and amount are what was signed, and the bytes those of every earlier try."""
    row = reversal.row
    return (
        reversal.approved_by_id is not None
        and row.state == RowState.CREDITED
        and payload_hash(payload_of(row)) == row.payload_hash
        and reversal.digest == digest_of(reversal.content)
        and reversal.content == content_of(reversal).canonical()
        and not reversal.attempts.exclude(payload_sha256=sha256).exists()
    )


def _close(attempt: ReversalAttempt, error: NotSent | OutcomeUnknown, *, claim: Claim, gateway: Gateway) -> None:
    """No answer: proved that nothing left this machine, or the call may have had its effect."""
    not_sent = isinstance(error, NotSent)
    with transaction.atomic(durable=True):
        reversal = locked_reversal(claim.reversal_id)
        if not is_mine(claim, reversal):
            return
        result = _result(error)
        event = AttemptEvent.PROVE_NOT_SENT if not_sent else AttemptEvent.LOSE
        ReversalAttempt.objects.filter(pk=attempt.pk, state=AttemptState.INTENT).update(
            state=move(ATTEMPT, AttemptState.INTENT, event),
            result=result,
            message=str(error),
            quiet_since=gateway.clock(),
        )
        finding = Finding(ReversalEvent.LOSE_SIGHT, doubt=Doubt.NO_ANSWER, text=str(error))
        if not_sent:
            Reversal.objects.filter(pk=reversal.pk).update(tries=reversal.tries - 1)
            if not reversal_answers.sent_of(reversal, before_attempt=attempt.pk).lost:
                finding = Finding(ReversalEvent.NOT_SENT, text=str(error))
        told = {"attempt": attempt.number, "result": result}
        conclude_call(reversal, finding, result, gateway=gateway, told=told)


def _result(error: NotSent | OutcomeUnknown) -> CallResult:
    if isinstance(error, BadCertificate):
        return CallResult.BAD_CERTIFICATE
    return CallResult.NOT_SENT if isinstance(error, NotSent) else CallResult.NO_ANSWER
