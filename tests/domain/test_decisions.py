import pytest

from allocations.domain import decisions
from allocations.domain.decisions import Decision, Doubt, ProposalEvent, ProposalState
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.policy import Actor, BatchFacts, Role
from allocations.domain.states import BatchState, RowState, move

BATCH = BatchFacts(state=BatchState.APPROVED, maker_ids=frozenset({1, 2}), uploaded_by_id=1)


def actor(*roles: Role, pk: int = 9) -> Actor:
    return Actor(id=pk, name="Asha", roles=frozenset(roles))


def doubt(**fields) -> Doubt:
    facts = {"row_id": 5, "number": 7, "state": RowState.UNKNOWN, "given_up": True, "quiet": True}
    return Doubt(**{**facts, "at_work": False, "call_open": False, **fields})


def content(**fields) -> None:
    given = {"decision": Decision.CREDITED, "statement": "On the statement", "has_file": False}
    decisions.check_content(**{**given, "transaction_ids": {7: "T1"}, **fields})


@pytest.mark.parametrize("state", ProposalState)
@pytest.mark.parametrize("event", ProposalEvent)
def test_only_an_open_proposal_is_decided(state: ProposalState, event: ProposalEvent) -> None:
    if state is ProposalState.OPEN:
        assert move(decisions.PROPOSAL, state, event).startswith(event.value[:6])
    else:
        with pytest.raises(StateConflict):
            move(decisions.PROPOSAL, state, event)


@pytest.mark.parametrize("role", Role)
def test_who_may_work_on_exceptions(role: Role) -> None:
    assert decisions.can_work_on_exceptions(actor(role)) is (role in {Role.ADMIN, Role.APPROVER})


@pytest.mark.parametrize("role", Role)
def test_only_approvers_confirm(role: Role) -> None:
    assert decisions.can_settle(actor(role), BATCH, proposed_by_id=3) is (role is Role.APPROVER)


def test_neither_the_proposer_nor_a_maker_confirms() -> None:
    with pytest.raises(NotAllowed, match="You proposed"):
        decisions.check_settle(actor(Role.APPROVER), BATCH, proposed_by_id=9)
    with pytest.raises(NotAllowed, match="You made or changed"):
        decisions.check_settle(actor(Role.APPROVER, Role.ADMIN, pk=2), BATCH, proposed_by_id=3)


def test_only_the_proposer_withdraws() -> None:
    assert decisions.can_withdraw_proposal(actor(Role.ADMIN), proposed_by_id=9)
    assert not decisions.can_withdraw_proposal(actor(Role.ADMIN), proposed_by_id=8)
    assert not decisions.can_withdraw_proposal(actor(Role.AUDITOR), proposed_by_id=9)


@pytest.mark.parametrize("state", RowState)
@pytest.mark.parametrize("decision", Decision)
def test_only_rows_in_doubt_are_decided(state: RowState, decision: Decision) -> None:
    if state in {RowState.UNKNOWN, RowState.CONFLICT, RowState.ANOMALY}:
        decisions.check_proposable(doubt(state=state), decision)
    else:
        with pytest.raises(StateConflict, match="nothing left to decide"):
            decisions.check_proposable(doubt(state=state), decision)


@pytest.mark.parametrize(
    ("fields", "decision", "sentence"),
    [
        ({"given_up": False}, Decision.CREDITED, "still being looked up by itself"),
        ({"at_work": True}, Decision.CREDITED, "this moment"),
        ({"quiet": False}, Decision.FAILED, "quiet time"),
        ({"call_open": True}, Decision.FAILED, "quiet time"),
        ({"replacement_waits": True}, Decision.CREDITED, "replacement row that nobody has approved yet"),
    ],
)
def test_what_keeps_a_row_from_being_decided(fields, decision: Decision, sentence: str) -> None:
    with pytest.raises(StateConflict, match=sentence):
        decisions.check_proposable(doubt(**fields), decision)


def test_a_credit_can_be_confirmed_before_the_quiet_time_is_over() -> None:
    decisions.check_decidable(doubt(quiet=False, given_up=False), Decision.CREDITED)


def test_evidence_is_a_transaction_id_for_each_row_or_a_file() -> None:
    content()
    content(transaction_ids={7: "", 8: ""}, has_file=True)
    content(decision=Decision.FAILED, transaction_ids={7: ""}, has_file=True)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"transaction_ids": {}}, "No row is chosen"),
        ({"transaction_ids": {n: f"T{n}" for n in range(101)}}, "101 rows are chosen"),
        ({"statement": "  "}, "statement is empty"),
        ({"statement": "x" * 2001}, "too long"),
        ({"transaction_ids": {7: "T1", 8: ""}}, "no evidence for row 8"),
        ({"transaction_ids": {7: "T1", 8: "T1"}}, "Rows 7 and 8 have the same transaction id T1"),
        ({"transaction_ids": {7: "a b"}}, "not a transaction id"),
        ({"transaction_ids": {7: "T" * 65}}, "not a transaction id"),
        ({"transaction_ids": {7: "T\x00"}}, "not a transaction id"),
    ],
)
def test_content_that_is_no_evidence(fields, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        content(**fields)
