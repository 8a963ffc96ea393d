"""What a finding does to its reversal: state, evidence, the next step, the breakers. In the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Q

from allocations.domain.calls import CallResult, consequence
from allocations.domain.debits import DECIDING, Finding, after_call
from allocations.domain.pauses import Pause, is_grave, sentence
from allocations.domain.reversals import WORKED_ON, ReversalEvent, ReversalState
from allocations.domain.states import ATTEMPT, AttemptEvent, AttemptState, move
from allocations.enkash.contract.shapes import Found
from allocations.enkash.contract.wording import sentences
from allocations.gateway import Gateway
from allocations.models import Account, Reversal, Row
from allocations.services.outcomes import fits
from allocations.services.reversals import NOT_HELD, advance, locked_row, tell


def apply_finding(
    reversal: Reversal,
    finding: Finding,
    *,
    now: datetime,
    told: Mapping[str, Any] = MappingProxyType({}),
    **changes: Any,
) -> bool:
    """Moves the reversal where the table allows it, with evidence and ids; False where it does not.

    Proof of a debit that had been called failed, or of a second one, is held for people.
    """
    former, known = reversal.state, reversal.transaction_id
    after_all = former == ReversalState.FAILED and finding.event is ReversalEvent.REVERSE
    outcome: dict[str, Any] = {"doubt": finding.doubt.value if finding.doubt else "", "said": finding.text}
    if finding.event is not ReversalEvent.NOT_SENT:
        balance = finding.user_balance
        outcome |= {
            "evidence": finding.evidence.value if finding.evidence else "",
            "transaction_id": finding.transaction_id or None,
            "user_balance": balance if balance is not None and fits(balance) else None,
            "outcome_at": now,
        }
    if after_all:
        locked_row(reversal.row_id)
        outcome |= held(Pause.TAKEN_AFTER_ALL)
    elif finding.event in DECIDING:
        outcome |= NOT_HELD
    changes.setdefault("next_action_at", None)
    moved = advance(reversal, finding.event, now=now, told=told, **outcome, **changes)
    if moved and finding.event in {ReversalEvent.REVERSE, ReversalEvent.FAIL}:
        lost = reversal.attempts.filter(state=AttemptState.UNKNOWN)
        lost.update(state=move(ATTEMPT, AttemptState.UNKNOWN, AttemptEvent.RESOLVE))
    _compare(reversal, finding, known, now=now)
    if not moved and reversal.state == ReversalState.DISPUTED and "quiet_since" in changes:
        Reversal.objects.filter(pk=reversal.pk).update(quiet_since=changes["quiet_since"])
    doubt_balance(reversal)
    return moved


def _compare(reversal: Reversal, finding: Finding, known: str | None, *, now: datetime) -> None:
    """`known`: the transaction id that was on record before, which the finding may contradict."""
    if finding.event is ReversalEvent.DISPUTE and reversal.state in {ReversalState.REVERSED, ReversalState.FAILED}:
        hold(reversal, Pause.IMPOSSIBLE, now=now, detail=finding.doubt or "")
    if finding.event is not ReversalEvent.REVERSE or reversal.state != ReversalState.REVERSED:
        return
    if known and finding.transaction_id != known:
        hold(reversal, Pause.TAKEN_TWICE, now=now, detail=f"{known}, {finding.transaction_id}")


def conclude_call(
    reversal: Reversal,
    finding: Finding,
    result: CallResult,
    *,
    gateway: Gateway,
    retry_after: float | None = None,
    told: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """After a call of this reversal: the finding, the quiet time or the wait that follows, and the breakers."""
    now = gateway.clock()
    streak = reversal.streak if reversal.streak_kind == result else 0
    then = after_call(finding, result, streak=streak, retry_after=retry_after)
    changes: dict[str, Any] = {"quiet_since": now, "lookups_failed": 0, "streak_kind": result, "streak": then.streak}
    if finding.event is ReversalEvent.LOSE_SIGHT:
        changes["next_action_at"] = now + max(then.wait, gateway.timing.recovery.quiet)
    elif then.wait:
        changes["next_action_at"] = now + then.wait
    apply_finding(reversal, finding, now=now, told=told, **changes)
    if then.pause:
        hold(reversal, then.pause, now=now, detail=finding.text)


def back_off(reversal: Reversal, result: CallResult, *, now: datetime, said: str) -> None:
    """The call was not even prepared, so nothing is known that was not known before: it waits, or is held."""
    streak = reversal.streak if reversal.streak_kind == result else 0
    then = consequence(result, streak=streak)
    Reversal.objects.filter(pk=reversal.pk).update(
        streak_kind=result, streak=then.streak, next_action_at=now + then.wait
    )
    if then.pause:
        hold(reversal, then.pause, now=now, detail=said)


def hold(reversal: Reversal, pause: Pause, *, now: datetime, detail: str = "") -> None:
    """Nothing more is sent for it until a person resumes it."""
    Reversal.objects.filter(pk=reversal.pk).update(**held(pause, detail), next_action_at=None)
    tell(reversal, "reversal held", now=now, why=pause.value)


def hold_for_drift(reversal: Reversal, broken: Sequence[Found], *, now: datetime) -> None:
    """An answer that breaks the contract was read for it. What is decided already needs nothing more."""
    if reversal.state in WORKED_ON and not (reversal.pause_code and is_grave(Pause(reversal.pause_code))):
        hold(reversal, Pause.CONTRACT, now=now, detail=sentences(broken))


def held(pause: Pause, detail: str = "") -> dict[str, str]:
    """The fields of a reversal that waits for people."""
    return {"pause_code": pause.value, "pause_text": sentence(pause, detail)}


def doubt_balance(reversal: Reversal) -> None:
    """Points may have come back: the balance is read again before it decides something."""
    Account.objects.filter(pk=reversal.row.batch.account_id).update(balance_stale=True)


def taken_ids(transaction_ids: frozenset[str], *, besides: Reversal) -> frozenset[str]:
    """Those of the transaction ids that a credit or another reversal has."""
    wanted = Q(transaction_id__in=transaction_ids - {""})
    of_rows = Row.objects.filter(wanted).values_list("transaction_id", flat=True)
    of_others = Reversal.objects.filter(wanted).exclude(pk=besides.pk).values_list("transaction_id", flat=True)
    return frozenset(held for held in (*of_rows, *of_others) if held)
