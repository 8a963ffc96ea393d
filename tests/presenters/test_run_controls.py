from datetime import UTC, datetime

import pytest

from allocations.domain.policy import Actor, Role
from allocations.domain.states import RunState
from allocations.models import Run
from allocations.presenters.run_controls import Controls, controls

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
ADMIN = Actor(1, "Asha", frozenset({Role.ADMIN}))


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (Run(state="queued"), Controls(pause=True, cancel=True)),
        (Run(state="running"), Controls(pause=True, stop=True, cancel=True)),
        (Run(state="running", stop_requested_at=NOW), Controls(pause=True, cancel=True)),
        (Run(state="running", cancelled_at=NOW), Controls()),
        (Run(state="paused"), Controls(resume=True, cancel=True)),
        (Run(state="paused", cancelled_at=NOW), Controls(resume=True)),
        (Run(state="attention"), Controls(resume=True, cancel=True)),
        (Run(state="attention", cancelled_at=NOW), Controls(resume=True)),
        (Run(state="settled"), Controls()),
    ],
)
def test_controls_of_an_admin_by_state(run, expected):
    assert controls(run, ADMIN) == expected


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OWNER])
@pytest.mark.parametrize("state", sorted(set(RunState) - {RunState.SETTLED}))
def test_controls_of_others_name_the_role_they_need(role, state):
    found = controls(Run(state=state), Actor(1, "Asha", frozenset({role})))
    assert found.why_not == (
        "To pause, stop or resume a run you need the role admin or approver. An owner can give it to you."
    )
