"""What a dead worker left is given up by whoever holds the chunk, and by nobody who only once held it."""

from collections.abc import Callable

import pytest

from allocations.models import Attempt, Chunk, Run
from allocations.services import draining, leases, resolving
from allocations.services.leases import Claim
from tests.services.conftest import QUIET, Portal
from tests.services.invariants import check_invariants
from tests.services.test_crash_points import Killed, Wrapped, die, with_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process gives no lease back."""
    real = leases.release
    monkeypatch.setattr(leases, "release", lambda claim: None if claim.owner == "dies" else real(claim))


def claimed(portal: Portal, run: Run, *, name: str) -> Claim:
    claim = leases.claim_next_chunk(run.pk, gateway=portal.as_worker(name).gateway)
    assert claim
    return claim


def die_within_the_call(portal: Portal, run: Run, before: Callable[[], None] = die) -> None:
    dying = with_client(portal, Wrapped(portal.gateway.client, "allocate", before=before))
    with pytest.raises(Killed):
        draining.drain_run(run.pk, gateway=dying.gateway)


def bulk_calls(portal: Portal) -> int:
    return int(portal.sim.control.state()["requests"].get("bulk", 0))


def test_an_overtaken_worker_does_not_give_up_the_call_of_the_one_that_has_the_chunk(portal: Portal) -> None:
    """F15: it wakes while that call is on its way."""
    portal.sim.faults.push(kind="error_before")
    run = portal.drain(portal.approved_run(rows=2))
    portal.clock.forward(minutes=16)
    frozen = claimed(portal, run, name="frozen")
    portal.clock.forward(minutes=6)
    portal.sim.faults.push(kind="insufficient_mid", index=0)

    def wakes() -> None:
        resolving.recover_abandoned(frozen, gateway=portal.as_worker("frozen").gateway)

    other = with_client(portal, Wrapped(portal.gateway.client, "allocate", before=wakes), worker="other")
    draining.drain_run(run.pk, gateway=other.gateway)
    assert [attempt.state for attempt in Attempt.objects.order_by("pk")] == ["resolved", "applied"]
    assert portal.states(run) == ["failed"] * 2
    check_invariants(portal)


def test_an_overtaken_worker_does_not_shorten_the_quiet_time(portal: Portal) -> None:
    """F15: the one that overtook it dies within its call; EnKash is not asked again before that call is quiet."""
    run = portal.approved_run(rows=2)
    die_within_the_call(portal, run)
    portal.clock.forward(minutes=6)
    frozen = claimed(portal, run, name="frozen")
    portal.clock.forward(minutes=6)
    portal.as_worker("other").drain(run)
    portal.clock.forward(minutes=16)

    def wakes() -> None:
        resolving.recover_abandoned(frozen, gateway=portal.as_worker("frozen").gateway)
        raise Killed

    die_within_the_call(portal, run, before=wakes)
    calls = bulk_calls(portal)
    portal.clock.forward(minutes=5, seconds=1)
    portal.as_worker("third").drain(run)
    assert (bulk_calls(portal), portal.states(run)) == (calls, ["unknown"] * 2)
    portal.as_worker("third").drain_after(run, minutes=16)
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())
    check_invariants(portal)


def test_giving_up_a_call_leaves_a_later_quiet_time_as_it_is(portal: Portal) -> None:
    """A recovery may have set one that ends after the dead worker's lease."""
    run = portal.approved_run(rows=2)
    die_within_the_call(portal, run)
    portal.clock.forward(minutes=6)
    later = portal.clock() + QUIET
    Chunk.objects.update(quiet_since=later)
    portal.as_worker("other").drain(run)
    chunk = Chunk.objects.get()
    assert (chunk.quiet_since, chunk.next_action_at) == (later, later + QUIET)
