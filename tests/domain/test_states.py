"""One table over all states and events, made from the enums: a new state or event fails here until it is decided."""

from itertools import product

import pytest

from allocations.domain import states
from allocations.domain.errors import StateConflict
from allocations.domain.states import ATTEMPT, BATCH, ROW, RUN, move, sources

DECIDED = {
    "batch": """
        draft check checking; review check checking; checking checked review; checking refuse_file draft
        review submit submitted; submitted send_back review; submitted withdraw review; submitted approve approved""",
    "run": """
        queued start running; queued pause paused; running pause paused; paused resume running; paused requeue queued
        running need_people attention; running settle settled; paused settle settled; attention settle settled
        attention resume running
        queued cancel running; running cancel running; paused cancel running; attention cancel running""",
    "row": """
        pending leave_out left_out; left_out take_back pending; pending cancel cancelled
        pending send sending; unknown send sending; failed re-run pending; pending stand failed; pending doubt unknown
        sending not_sent pending
        sending credit credited; sending fail failed; sending lose_sight unknown; sending contradict conflict
        sending distrust anomaly; unknown credit credited; unknown fail failed; unknown contradict conflict
        unknown distrust anomaly; pending credit credited; pending contradict conflict; pending distrust anomaly;
        failed credit credited; conflict credit credited
        conflict fail failed; anomaly credit credited; anomaly fail failed""",
    "attempt": """
        intent answer answered; intent prove_not_sent not_sent; intent lose unknown; answered apply applied
        answered lose unknown; unknown answer answered; unknown resolve resolved""",
}
MACHINES = {
    "batch": (BATCH, states.BatchState, states.BatchEvent),
    "run": (RUN, states.RunState, states.RunEvent),
    "row": (ROW, states.RowState, states.RowEvent),
    "attempt": (ATTEMPT, states.AttemptState, states.AttemptEvent),
}
KNOWN = {"batch": (5, 7), "run": (5, 7), "row": (9, 13), "attempt": (6, 5)}
CASES = [
    (name, state, event) for name, (_, known, events) in MACHINES.items() for state, event in product(known, events)
]


def decided(name: str) -> dict[tuple[str, str], str]:
    lines = (line.split() for block in DECIDED[name].splitlines() for line in block.split(";") if line.strip())
    return {(state, event.replace("_", " ")): target for state, event, target in lines}


@pytest.mark.parametrize(("name", "state", "event"), CASES)
def test_move_goes_where_the_table_says_or_refuses(name, state, event) -> None:
    table = MACHINES[name][0]
    target = decided(name).get((state.value, event.value))
    if target is None:
        with pytest.raises(StateConflict) as refused:
            move(table, state, event)
        assert str(refused.value).startswith(f"“{event}” is not possible while the state is “{state}”.")
    else:
        assert move(table, state, event) == target


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_and_event_was_decided(name: str) -> None:
    _, known, events = MACHINES[name]
    assert (len(known), len(events)) == KNOWN[name]


@pytest.mark.parametrize("name", MACHINES)
def test_sources_are_all_states_that_know_the_event(name: str) -> None:
    table, _, events = MACHINES[name]
    for event in events:
        assert {state.value for state in sources(table, event)} == {
            state for state, known in decided(name) if known == event.value
        }


def test_a_credited_row_never_leaves() -> None:
    assert [event for state, event in ROW if state is states.RowState.CREDITED] == []


def test_a_target_of_an_event_is_the_same_from_every_source() -> None:
    targets: dict[str, set[str]] = {}
    for (_, event), target in ROW.items():
        targets.setdefault(event, set()).add(target)
    assert {event: len(found) for event, found in targets.items()} == dict.fromkeys(targets, 1)
