from datetime import timedelta

import pytest

from allocations.domain.debits import Doubt
from allocations.domain.policy import Actor, Role
from allocations.domain.reversals import ReversalState
from allocations.models import Reversal, ReversalAttempt, Row
from allocations.presenters.reversals import (
    EXPLANATIONS,
    acts,
    call_words,
    explain,
    next_step,
    reversal_status,
    sentence,
)
from allocations.presenters.statuses import LEGEND
from allocations.selectors.holds import Hold
from tests.factories.lists import NOW

LATER = NOW + timedelta(minutes=15)

MAKER = Actor(id=1, name="Asha", roles=frozenset({Role.ADMIN, Role.APPROVER}))
APPROVER = Actor(id=2, name="Sudha", roles=frozenset({Role.APPROVER}))


def reversal(state="proposed", **fields) -> Reversal:
    known = {"amount": 200, "requested_by_id": 1, "row": Row(number=2, name="Meera"), "outcome_at": NOW}
    return Reversal(pk=7, state=state, **(known | fields))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("proposed", "200 points would be taken back from Meera. Nothing is sent before somebody approves it."),
        ("approved", "200 points are to be taken back from Meera. It is approved and waits to be sent."),
        ("sending", "The reversal of 200 points from Meera is with EnKash now."),
        ("unknown", "We do not know whether 200 points were taken back from Meera."),
        ("disputed", "We do not know whether 200 points were taken back from Meera."),
        ("reversed", "200 points were taken back from Meera on 11 Nov 2026, 14:05 IST."),
        ("failed", "200 points were not taken back from Meera."),
        ("rejected", "200 points stay with Meera: the reversal was rejected."),
        ("withdrawn", "200 points stay with Meera: the reversal was withdrawn."),
    ],
)
def test_sentence_of_every_state(state, said):
    assert sentence(reversal(state)) == said


def test_sentence_names_the_row_where_there_is_no_name():
    assert "from row 2" in sentence(reversal(row=Row(number=2)))


@pytest.mark.parametrize("state", list(ReversalState))
def test_what_is_not_known_is_never_shown_as_failed_or_done(state):
    status = reversal_status(state)
    assert (status.word == "Unknown") is (state in {ReversalState.UNKNOWN, ReversalState.DISPUTED})
    assert status in LEGEND or not status.shape


@pytest.mark.parametrize("doubt", list(Doubt))
def test_every_doubt_has_words_and_a_next_step(doubt):
    assert EXPLANATIONS[doubt].words
    assert EXPLANATIONS[doubt].next_step
    assert explain("") == explain("nonsense")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "approved"}, "It is sent within a minute."),
        ({"state": "approved", "next_action_at": NOW + timedelta(minutes=1)}, "It is sent at 14:06:00 IST."),
        ({"state": "approved", "pause_code": "login"}, ""),
        (
            {"state": "unknown", "next_action_at": NOW + timedelta(minutes=15)},
            ("EnKash is asked again at 14:20:00 IST; only then, and only under the same reference, is it sent again."),
        ),
        ({"state": "reversed"}, ""),
        ({"state": "failed"}, ""),
        ({"state": "disputed"}, ""),
        ({"state": "disputed", "next_action_at": NOW}, "EnKash is asked again within a minute; it is not sent again."),
    ],
)
def test_next_step_tells_what_happens_by_itself(fields, said):
    assert next_step(reversal(**fields), now=NOW, hold=Hold()) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "approved"}, "It is sent when sending is released."),
        ({"state": "approved", "next_action_at": LATER}, "It is sent when sending is released."),
        (
            {"state": "unknown", "next_action_at": LATER},
            (
                "EnKash is asked again when sending is released; only then, and only under the same reference, is it sent "
                "again."
            ),
        ),
        ({"state": "reversed"}, ""),
        ({"state": "approved", "pause_code": "login"}, ""),
    ],
)
def test_next_step_promises_no_time_while_sending_is_frozen(fields, said):
    assert next_step(reversal(**fields), now=NOW, hold=Hold(frozen=True)) == said


def test_acts_of_a_proposed_reversal():
    assert acts(reversal(), APPROVER).decide
    own = acts(reversal(), MAKER)
    assert (own.decide, own.withdraw) == (False, True)
    assert own.why_not == "You asked for this reversal. Another approver must decide about it."


def test_acts_of_one_that_was_sent():
    assert not acts(reversal("approved", tries=1), MAKER).withdraw
    assert acts(reversal("disputed"), APPROVER).resume == "Ask EnKash again about reversal 7"
    assert acts(reversal("approved", pause_code="login"), APPROVER).resume == "Resume reversal 7"
    assert (acts(reversal("sending"), APPROVER).resume, acts(reversal("sending"), APPROVER).why_not) == ("", "")


@pytest.mark.parametrize(
    ("result", "state", "words"),
    [
        ("rows", "applied", "answered: done"),
        ("insufficient_balance", "applied", "not enough points on the card"),
        ("server_error", "unknown", "EnKash's server failed"),
        ("", "intent", "being sent"),
    ],
)
def test_call_words(result, state, words):
    assert call_words(ReversalAttempt(result=result, state=state)) == words
