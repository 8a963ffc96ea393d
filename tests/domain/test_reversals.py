"""Every state and event of a reversal, made from the enums, and what may be asked for."""

import json
from itertools import product

import pytest

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.reversals import (
    ENDED,
    OPEN,
    REVERSAL,
    WITHOUT_EFFECT,
    Content,
    ReversalEvent,
    ReversalState,
    check_amount,
    check_unsent,
    check_within,
)
from allocations.domain.states import move, sources

DECIDED = """
    proposed approve approved; proposed reject rejected; proposed withdraw withdrawn; approved withdraw withdrawn
    approved doubt unknown; approved send sending; unknown send sending; sending not_sent approved; sending reverse reversed
    sending fail failed; sending lose_sight unknown; sending dispute disputed; unknown reverse reversed
    unknown fail failed; unknown dispute disputed; disputed reverse reversed; disputed fail failed; failed reverse reversed"""
LINES = (line.split() for block in DECIDED.splitlines() for line in block.split(";") if line.strip())
TARGETS = {(state, event.replace("_", " ")): target for state, event, target in LINES}


@pytest.mark.parametrize(("state", "event"), list(product(ReversalState, ReversalEvent)))
def test_move_goes_where_the_table_says_or_refuses(state, event) -> None:
    target = TARGETS.get((state.value, event.value))
    if target is None:
        with pytest.raises(StateConflict):
            move(REVERSAL, state, event)
    else:
        assert move(REVERSAL, state, event) == target


def test_every_state_and_event_was_decided() -> None:
    assert (len(ReversalState), len(ReversalEvent), len(TARGETS)) == (9, 10, len(REVERSAL))


def test_what_has_ended_is_never_left_and_what_is_open_can_be() -> None:
    left = {state for state, _ in REVERSAL}
    # Late proof only.
    assert {event for state, event in REVERSAL if state in ENDED} == {ReversalEvent.REVERSE}
    assert (left & ENDED, left - ENDED) == ({ReversalState.FAILED}, OPEN)
    assert ENDED - {ReversalState.REVERSED} == WITHOUT_EFFECT


def test_only_what_may_be_on_the_wire_can_fail() -> None:
    may_be = {ReversalState.SENDING, ReversalState.UNKNOWN, ReversalState.DISPUTED}
    assert sources(REVERSAL, ReversalEvent.FAIL) == may_be


def test_a_disputed_reversal_is_never_sent_again() -> None:
    assert ReversalState.DISPUTED not in sources(REVERSAL, ReversalEvent.SEND)


@pytest.mark.parametrize(("amount", "taken"), [(1, 0), (500, 0), (200, 300), (1, 499)])
def test_amount_up_to_what_is_left_is_taken(amount: int, taken: int) -> None:
    check_amount(amount, credited=500, taken=taken)


@pytest.mark.parametrize(
    ("amount", "taken", "sentence"),
    [
        (0, 0, "The amount is not a whole number of points above 0. Enter how many points to take back."),
        (
            501,
            0,
            "501 points are more than can be taken back: the row was credited 500. Enter at most 500.",
        ),
        (
            201,
            300,
            (
                "201 points are more than can be taken back: the row was credited 500; 300 of them are taken back or "
                "on the way. Enter at most 200."
            ),
        ),
    ],
)
def test_amount_beyond_says_how_much_is_left(amount: int, taken: int, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_amount(amount, credited=500, taken=taken)
    assert refused.value.sentence == sentence


def test_approval_beyond_the_credit_is_refused() -> None:
    check_within(credited=500, taken=500)
    with pytest.raises(StateConflict, match=r"With this reversal 501 points .* of 500 .* Reject this one\."):
        check_within(credited=500, taken=501)


def test_a_reversal_that_was_sent_is_not_withdrawn() -> None:
    check_unsent(0)
    with pytest.raises(StateConflict, match="A call for this reversal was made already"):
        check_unsent(1)


def test_content_is_canonical_and_names_everything_signed() -> None:
    content = Content(7, 2, "R" * 26, "CEK1", "CA1", "EKC1", 500, "D" * 26, "Wrong person", 3)
    text = content.canonical()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert json.loads(text) == {
        "batch": 7,
        "row": 2,
        "row_reference": "R" * 26,
        "company_id": "CEK1",
        "card_account_id": "CA1",
        "card_id": "EKC1",
        "amount": 500,
        "reference": "D" * 26,
        "reason": "Wrong person",
        "requested_by": 3,
        "content_version": "1",
    }
