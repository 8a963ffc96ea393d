import pytest

from allocations.domain import replacing
from allocations.domain.answers import Verdict
from allocations.domain.decisions import Doubt
from allocations.domain.errors import StateConflict
from allocations.domain.outcomes import Outcome, Reason
from allocations.domain.policy import Actor, Role
from allocations.domain.states import RowState


def doubt(**fields) -> Doubt:
    facts = {"row_id": 5, "number": 7, "state": RowState.FAILED, "given_up": False, "quiet": True}
    return Doubt(**{**facts, "at_work": False, "call_open": False, **fields})


@pytest.mark.parametrize("role", Role)
def test_makers_replace(role: Role) -> None:
    assert replacing.can_replace(Actor(id=1, name="Asha", roles=frozenset({role}))) is (role is Role.ADMIN)


@pytest.mark.parametrize("state", RowState)
def test_only_failed_rows_and_conflicts_without_a_credit_are_replaced(state: RowState) -> None:
    if state in {RowState.FAILED, RowState.CONFLICT}:
        replacing.check_replaceable(doubt(state=state))
    else:
        said = "EnKash names a credit for row 7" if state is RowState.ANOMALY else "only failed rows and conflicts"
        with pytest.raises(StateConflict, match=said):
            replacing.check_replaceable(doubt(state=state))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"replaced": True}, "replaced once"),
        ({"quiet": False}, "quiet time"),
        ({"call_open": True}, "quiet time"),
        ({"at_work": True}, "quiet time"),
    ],
)
def test_what_keeps_a_row_from_being_replaced(fields, sentence: str) -> None:
    with pytest.raises(StateConflict, match=sentence):
        replacing.check_replaceable(doubt(**fields))


@pytest.mark.parametrize(
    "verdict",
    [None, Verdict(5, Outcome.FAILED), Verdict(5, Outcome.ANOMALY, reason=Reason.PERSON_DIFFERS)],
)
def test_look_ups_that_allow_a_replacement(verdict: Verdict | None) -> None:
    replacing.check_looked_up(7, verdict)


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(5, Outcome.CREDITED),
        Verdict(5, Outcome.UNKNOWN),
        Verdict(5, Outcome.CONFLICT),
        Verdict(5, Outcome.ANOMALY, reason=Reason.AMOUNT_DIFFERS),
        Verdict(5, Outcome.ANOMALY, reason=Reason.DOUBLE_CREDIT),
    ],
)
def test_look_ups_that_forbid_it(verdict: Verdict) -> None:
    with pytest.raises(StateConflict, match="EnKash lists row 7"):
        replacing.check_looked_up(7, verdict)
