"""F50: the clock jumps while EnKash has a call."""

import pytest

from allocations.models import Attempt, Chunk
from allocations.services import draining
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.services.test_crash_points import Wrapped, with_client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("hours", [1, 24, -1, -24])
def test_a_clock_that_jumps_during_a_call_costs_and_doubles_nothing(portal: Portal, hours: int) -> None:
    """I33, I34: leases look expired, or very long; another worker comes by before the answer is stored."""
    run = portal.approved_run(rows=4)

    def jump() -> None:
        portal.clock.forward(hours=hours)
        draining.drain_run(run.pk, gateway=portal.as_worker("other").gateway)

    jumping = with_client(portal, Wrapped(portal.gateway.client, "allocate", after=jump), worker="first")
    draining.drain_run(run.pk, gateway=jumping.gateway)
    check_invariants(portal, at_rest=False)
    # A clock that went back has to come so far again before a lease of before the jump ends.
    for _ in range(4):
        portal.drain_after(run, hours=max(-hours, 1))
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)
    assert portal.credited(run) == portal.ledger()
    assert len(portal.ledger()) == 4
    check_invariants(portal)


def test_a_clock_that_jumps_back_while_rows_wait_only_delays(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=2))
    due = Chunk.objects.get().next_action_at
    portal.drain_after(run, hours=-1)
    assert (portal.states(run), Attempt.objects.count()) == (["unknown"] * 2, 1)
    portal.clock.now = due
    portal.drain(run)
    for _ in range(2):
        portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
