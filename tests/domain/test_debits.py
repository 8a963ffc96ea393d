"""What answers and look-ups prove about a debit; the table is the contract."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from allocations.domain.calls import RULES, CallResult, RowsAfter
from allocations.domain.debits import Doubt, Finding, Sent, after_call, judge_answer, judge_look_up
from allocations.domain.outcomes import Evidence
from allocations.domain.pauses import Pause
from allocations.domain.reversals import ReversalEvent as Event

SENT = Sent("D1", 500, "EKC1", "9876543210")
LOST = replace(SENT, sent_before=True, lost=True)
THROTTLED = replace(SENT, sent_before=True)


@dataclass(frozen=True)
class Answer:
    message: str = ""
    duplicate: bool = False
    definite: bool = True
    transaction_id: str = "ECT1"
    card_id: str = "EKC1"
    user_balance: Decimal | None = Decimal(0)


def judge(sent: Sent = SENT, answer: Answer = Answer(), result=CallResult.ROWS, *, is_taken=False) -> tuple:
    found = judge_answer(sent, answer, result, is_taken=is_taken)
    return found.event, found.evidence, found.doubt


def test_success_with_an_id_proves_the_debit() -> None:
    expected = Finding(Event.REVERSE, Evidence.ANSWER, transaction_id="ECT1", user_balance=Decimal(0))
    assert judge_answer(SENT, Answer(), CallResult.ROWS, is_taken=False) == expected
    assert judge(answer=Answer(card_id=""))[0] is Event.REVERSE
    assert judge(replace(SENT, card_id=""))[0] is Event.REVERSE


@pytest.mark.parametrize(
    ("answer", "is_taken", "event", "doubt"),
    [
        (Answer(transaction_id=""), False, Event.LOSE_SIGHT, Doubt.NO_TRANSACTION_ID),
        (Answer(transaction_id="x" * 65), False, Event.LOSE_SIGHT, Doubt.NO_TRANSACTION_ID),
        (Answer(card_id="EKC2"), False, Event.DISPUTE, Doubt.PERSON_DIFFERS),
        (Answer(), True, Event.DISPUTE, Doubt.TRANSACTION_REUSED),
    ],
)
def test_success_that_does_not_fit_proves_nothing(answer, is_taken, event, doubt) -> None:
    assert judge(answer=answer, is_taken=is_taken) == (event, None, doubt)


@pytest.mark.parametrize(
    ("result", "doubt"),
    [(CallResult.REFUSED_WHOLE, Doubt.REFUSED), (CallResult.INSUFFICIENT_BALANCE, Doubt.TOO_FEW_POINTS)],
)
@pytest.mark.parametrize("sent", [SENT, THROTTLED])
def test_refusal_is_definite_while_no_call_is_lost(sent, result, doubt) -> None:
    assert judge(sent, Answer("No"), result) == (Event.FAIL, Evidence.ANSWER, doubt)


@pytest.mark.parametrize("result", [CallResult.REFUSED_WHOLE, CallResult.INSUFFICIENT_BALANCE])
@pytest.mark.parametrize("sent", [LOST])
def test_refusal_after_a_lost_call_proves_nothing(sent, result) -> None:
    """The lost call may be what emptied the card."""
    assert judge(sent, Answer("No"), result) == (Event.LOSE_SIGHT, None, Doubt.REFUSED_AFTER_LOSS)


@pytest.mark.parametrize("sent", [SENT, THROTTLED, LOST])
def test_refusal_in_words_that_nobody_documents_proves_nothing(sent) -> None:
    answer = Answer("Request is in process", definite=False)
    assert judge(sent, answer, CallResult.REFUSED_WHOLE) == (Event.LOSE_SIGHT, None, Doubt.UNCLEAR_REFUSAL)


def test_a_refusal_that_proves_nothing_is_looked_up_before_it_holds() -> None:
    finding = Finding(Event.LOSE_SIGHT, doubt=Doubt.UNCLEAR_REFUSAL)
    then = after_call(finding, CallResult.REFUSED_WHOLE, streak=0)
    assert (then.pause, then.streak, then.wait) == (None, 1, timedelta(0))


@pytest.mark.parametrize(
    ("sent", "event", "evidence", "doubt"),
    [
        (SENT, Event.DISPUTE, None, Doubt.REFERENCE_TAKEN),
        (LOST, Event.LOSE_SIGHT, None, Doubt.REFUSED_AFTER_LOSS),
        (THROTTLED, Event.LOSE_SIGHT, None, Doubt.REFUSED_AFTER_LOSS),
    ],
)
def test_already_exists_never_proves_that_points_came_back(sent, event, evidence, doubt) -> None:
    assert judge(sent, Answer("exists", duplicate=True), CallResult.REFUSED_WHOLE) == (event, evidence, doubt)


@pytest.mark.parametrize("result", [CallResult.UNAUTHORIZED, CallResult.THROTTLED])
def test_a_call_presumed_without_effect_leaves_it_as_it_was(result) -> None:
    assert judge(SENT, Answer(), result) == (Event.NOT_SENT, None, None)
    assert judge(LOST, Answer(), result) == (Event.LOSE_SIGHT, None, Doubt.NO_ANSWER)


DECIDED_BY_WORDS = {CallResult.ROWS, CallResult.REFUSED_WHOLE, CallResult.INSUFFICIENT_BALANCE}


@pytest.mark.parametrize("result", [r for r in CallResult if RULES[r].rows is RowsAfter.UNKNOWN])
def test_everything_else_is_unknown(result) -> None:
    if result not in DECIDED_BY_WORDS:
        assert judge(SENT, Answer(), result) == (Event.LOSE_SIGHT, None, Doubt.NO_ANSWER)


@dataclass(frozen=True)
class Listed:
    reference: str = "D1"
    transaction_id: str = "ECT1"
    amount: Decimal | None = Decimal(500)
    card_id: str = "EKC1"
    user_id: str = "EK1"
    mobile: str = "+91 98765 43210"
    kind: str = "DR"
    settled: bool | None = True


def look(*found: Listed, sent: Sent = SENT, taken: frozenset[str] = frozenset()) -> tuple | None:
    finding = judge_look_up(sent, found, taken=taken)
    return finding and (finding.event, finding.evidence, finding.doubt)


def test_a_finished_debit_of_our_reference_proves_it() -> None:
    expected = Finding(Event.REVERSE, Evidence.LOOK_UP, transaction_id="ECT1")
    assert judge_look_up(SENT, [Listed(reference="d1 ")], taken=frozenset()) == expected
    assert look(Listed(kind="", mobile="", card_id="")) == (Event.REVERSE, Evidence.LOOK_UP, None)


def test_nothing_found_proves_nothing() -> None:
    assert look() is None
    assert look(Listed(reference="D2")) is None


@pytest.mark.parametrize(
    ("changes", "event", "doubt"),
    [
        ({"kind": "CR"}, Event.DISPUTE, Doubt.LISTED_AS_CREDIT),
        ({"amount": Decimal(499)}, Event.DISPUTE, Doubt.AMOUNT_DIFFERS),
        ({"card_id": "EKC2"}, Event.DISPUTE, Doubt.PERSON_DIFFERS),
        ({"mobile": "9876543211"}, Event.DISPUTE, Doubt.PERSON_DIFFERS),
        ({"transaction_id": "TAKEN"}, Event.DISPUTE, Doubt.TRANSACTION_REUSED),
        ({"settled": False}, Event.FAIL, Doubt.LISTED_AS_FAILED),
        ({"settled": None}, Event.LOSE_SIGHT, Doubt.UNDECIDED_AT_ENKASH),
        ({"amount": None}, Event.LOSE_SIGHT, Doubt.UNDECIDED_AT_ENKASH),
        ({"transaction_id": ""}, Event.LOSE_SIGHT, Doubt.UNDECIDED_AT_ENKASH),
    ],
)
def test_what_does_not_fit_is_disputed_or_waits(changes, event, doubt) -> None:
    found = look(replace(Listed(), **changes), taken=frozenset({"TAKEN"}))
    assert (found[0], found[2]) == (event, doubt)


@pytest.mark.parametrize(("calls", "event"), [(0, Event.FAIL), (1, Event.FAIL), (2, Event.LOSE_SIGHT)])
def test_a_listed_failure_is_proof_only_where_one_call_can_have_made_it(calls, event) -> None:
    found = look(Listed(settled=False), Listed(settled=False, transaction_id="ECT2"), sent=replace(LOST, calls=calls))
    assert found[0] is event
    assert look(Listed(), sent=replace(LOST, calls=calls))[0] is Event.REVERSE


def test_two_debits_for_one_reversal_are_disputed() -> None:
    assert look(Listed(), Listed(transaction_id="ECT2"))[2] is Doubt.DOUBLE_DEBIT
    assert look(Listed(), Listed())[0] is Event.REVERSE
    assert look(Listed(settled=False), Listed(settled=None))[0] is Event.LOSE_SIGHT


def test_a_decision_about_the_debit_holds_nothing() -> None:
    for event in (Event.REVERSE, Event.FAIL, Event.DISPUTE):
        assert after_call(Finding(event), CallResult.REFUSED_WHOLE, streak=9).pause is None
    refused = Finding(Event.LOSE_SIGHT, doubt=Doubt.REFUSED_AFTER_LOSS)
    assert after_call(refused, CallResult.INSUFFICIENT_BALANCE, streak=9).pause is None


def test_disturbances_hold_it_as_they_pause_a_run() -> None:
    lost = Finding(Event.LOSE_SIGHT, doubt=Doubt.NO_ANSWER)
    assert after_call(lost, CallResult.SERVER_ERROR, streak=2).pause is Pause.SERVER_ERRORS
    assert after_call(Finding(Event.NOT_SENT), CallResult.UNAUTHORIZED, streak=1).pause is Pause.LOGIN
    asked = after_call(Finding(Event.NOT_SENT), CallResult.THROTTLED, streak=0, retry_after=7)
    assert (asked.pause, asked.wait) == (None, timedelta(seconds=7))
