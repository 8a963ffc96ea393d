"""After a reversal's call: keep the raw answer, then read it, then believe what it proves. As for chunks."""

from typing import Any

from django.db import transaction

from allocations.domain.calls import CallResult
from allocations.domain.debits import Finding, Sent, judge_answer
from allocations.domain.reversals import ReversalEvent
from allocations.domain.states import ATTEMPT, AttemptEvent, AttemptState, move
from allocations.enkash.contract.shapes import Call
from allocations.enkash.single_call import SingleAnswer, read_single_answer
from allocations.enkash.transport import RawAnswer
from allocations.gateway import Gateway, enkash_config, secrets
from allocations.models import Reversal, ReversalAttempt
from allocations.services.reversal_outcomes import apply_finding, conclude_call, hold_for_drift, taken_ids
from allocations.services.reversals import locked_reversal, tell

LOST = (AttemptState.UNKNOWN, AttemptState.RESOLVED)


def keep_answer(attempt: ReversalAttempt, raw: RawAnswer, *, gateway: Gateway) -> bool:
    """Commit the raw bytes before anybody looks at them. False: no attempt waits for them any more.

    After a restore another attempt can have the number: this one has its own worker and payload.
    """
    now = gateway.clock()
    answer = {
        "answered_at": now,
        "quiet_since": now,
        "seconds": raw.seconds,
        "http_status": raw.status,
        "headers": dict(raw.headers),
        "body": secrets.encrypt(raw.body),
    }
    own = ReversalAttempt.objects.filter(pk=attempt.pk, worker=attempt.worker, payload_sha256=attempt.payload_sha256)
    with transaction.atomic(durable=True):
        # An intent that nobody has given up yet is answered in time: whoever holds the reversal now may read it.
        answered = move(ATTEMPT, AttemptState.INTENT, AttemptEvent.ANSWER)
        kept = own.filter(state=AttemptState.INTENT).update(state=answered, **answer)
        # Without a result until somebody has read it: this worker may not live to do so.
        given_up = own.filter(state__in=LOST, body__isnull=True)
        return bool(kept or given_up.update(state=AttemptState.RESOLVED, result="", **answer))


def raw_answer(attempt: ReversalAttempt) -> RawAnswer:
    """The stored answer as it came."""
    return RawAnswer(
        status=attempt.http_status or 0,
        headers=attempt.headers,
        body=secrets.decrypt(attempt.body or b""),
        seconds=attempt.seconds or 0.0,
    )


def read_answer(attempt: ReversalAttempt, raw: RawAnswer | None = None) -> SingleAnswer:
    """The stored answer, read again: pure, so a later version can read it better. `raw`: if it is at hand."""
    raw = raw or raw_answer(attempt)
    at = attempt.answered_at or attempt.sent_at
    key = enkash_config().encryption_key
    return read_single_answer(raw, reference=attempt.reversal.reference, key=key, now=at.timestamp())


def sent_of(reversal: Reversal, *, before_attempt: int | None = None) -> Sent:
    """The debit with what earlier calls did to it; `before_attempt`: only those before this one."""
    earlier = reversal.attempts.exclude(state=AttemptState.NOT_SENT)
    if before_attempt is not None:
        earlier = earlier.filter(pk__lt=before_attempt)
    calls = list(earlier.values_list("state", "result"))
    return Sent(
        reference=reversal.reference,
        amount=reversal.amount,
        card_id=reversal.card_id,
        mobile=reversal.row.mobile,
        sent_before=bool(calls),
        lost=any(state in LOST for state, _ in calls),
        calls=len(calls),
    )


def apply_answer(attempt_id: int, *, gateway: Gateway) -> None:
    """What the stored answer proves, onto the reversal. Harmless when repeated.

    An attempt that was given up before its answer came counts only where it proves that the points came back, or
    contradicts what was sent.
    """
    attempt = ReversalAttempt.objects.select_related("reversal").get(pk=attempt_id)
    raw = raw_answer(attempt)
    answer, drifted = read_answer(attempt, raw), gateway.watch.compare(Call.SINGLE, raw)
    broken = gateway.watch.breaking(drifted)
    with transaction.atomic(durable=True):
        applied = _apply(attempt, answer, gateway=gateway)
        if applied and broken:
            hold_for_drift(locked_reversal(attempt.reversal_id), broken, now=gateway.clock())
    if applied and drifted:
        gateway.watch.count(drifted)


def _apply(attempt: ReversalAttempt, answer: SingleAnswer, *, gateway: Gateway) -> bool:
    """Everything that follows from the answer, in the caller's transaction; False if somebody has applied it."""
    result = CallResult(answer.kind.value)
    reversal = locked_reversal(attempt.reversal_id)
    attempt.refresh_from_db(fields=["state", "result"])
    if attempt.state == AttemptState.RESOLVED and attempt.result:
        return False
    is_taken = bool(taken_ids(frozenset({answer.transaction_id}), besides=reversal))
    finding = judge_answer(sent_of(reversal, before_attempt=attempt.pk), answer, result, is_taken=is_taken)
    ReversalAttempt.objects.filter(pk=attempt.pk).update(
        result=result, message=answer.message, notes=list(answer.notes)
    )
    told = {"attempt": attempt.number, "result": result, "http_status": attempt.http_status}
    if attempt.state == AttemptState.RESOLVED:
        _apply_late(reversal, finding, told, gateway=gateway)
    elif _advance(attempt, finding):
        conclude_call(reversal, finding, result, gateway=gateway, retry_after=answer.retry_after, told=told)
    return True


def _advance(attempt: ReversalAttempt, finding: Finding) -> bool:
    lost = finding.event is ReversalEvent.LOSE_SIGHT
    after = move(ATTEMPT, AttemptState.ANSWERED, AttemptEvent.LOSE if lost else AttemptEvent.APPLY)
    return ReversalAttempt.objects.filter(pk=attempt.pk, state=AttemptState.ANSWERED).update(state=after) == 1


def _apply_late(reversal: Reversal, finding: Finding, told: dict[str, Any], *, gateway: Gateway) -> None:
    now = gateway.clock()
    proves = finding.event is ReversalEvent.REVERSE and bool(finding.transaction_id)
    counts = proves or finding.event is ReversalEvent.DISPUTE
    if counts and apply_finding(reversal, finding, now=now, told=told):
        return
    tell(reversal, "late answer kept", now=now, proves=proves, **told)
