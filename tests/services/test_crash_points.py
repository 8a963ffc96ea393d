"""A worker dies at every instant around the call (I1 to I10), is overtaken (I13 to I16), or meets a defect."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.db import connection

from allocations.models import Attempt, Chunk, Row, Run
from allocations.services import answering, draining, leases, sending
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As SIGKILL ends a process: no handler of ours may do anything about it."""


@dataclass
class Wrapped:
    """A client with something to do before or after its n-th call of one kind."""

    client: Any
    method: str
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    nth: int = 1
    calls: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        real = getattr(self.client, name)

        def call(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            chosen = name == self.method and self.calls.count(name) == self.nth
            if chosen:
                self.before()
            result = real(*args, **options)
            if chosen:
                self.after()
            return result

        return call


def die() -> None:
    raise Killed


def with_client(portal: Portal, client: Any, *, worker: str = "dies") -> Portal:
    return replace(portal, gateway=replace(portal.gateway, client=client, worker=worker))


@pytest.fixture
def no_release(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A killed process gives no lease back; call to let the living release again."""
    real = leases.release
    monkeypatch.setattr(leases, "release", lambda claim: None if claim.owner == "dies" else real(claim))
    return monkeypatch.undo


def kill_at(portal: Portal, run: Run, method: str, **when: Any) -> None:
    dying = with_client(portal, Wrapped(portal.gateway.client, method, **when))
    with pytest.raises(Killed):
        draining.drain_run(run.pk, gateway=dying.gateway)


def finish(portal: Portal, run: Run) -> None:
    for _ in range(6):
        portal.drain_after(run, minutes=21)
    check_invariants(portal)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)
    assert portal.credited(run) == portal.ledger()


@pytest.mark.parametrize("method", ["account_details", "token"])
def test_killed_at_a_before_the_intent_leaves_nothing(portal: Portal, no_release, method: str) -> None:
    """F1."""
    run = portal.approved_run(rows=4)
    kill_at(portal, run, method, before=die)
    assert (Attempt.objects.count(), portal.states(run)) == (0, ["pending"] * 4)
    finish(portal, run)
    assert Attempt.objects.count() == 2


def test_killed_at_b_before_the_first_byte_sends_again_after_the_quiet_time(portal: Portal, no_release) -> None:
    """F2."""
    run = portal.approved_run(rows=4)
    kill_at(portal, run, "allocate", before=die)
    assert portal.states(run) == ["sending", "sending", "pending", "pending"]
    portal.drain_after(run, minutes=2)
    assert portal.ledger() == {}
    portal.drain_after(run, minutes=4)
    assert portal.states(run) == ["unknown", "unknown", "credited", "credited"]
    finish(portal, run)
    assert Attempt.objects.count() == 3


@pytest.mark.parametrize("kind", ["error_half", "error_after"])
def test_killed_at_c_or_d_with_the_request_on_its_way_credits_once(portal: Portal, no_release, kind: str) -> None:
    """F3, F4, F5."""
    portal.sim.faults.push(kind=kind)
    run = portal.approved_run(rows=4)
    kill_at(portal, run, "allocate", after=die)
    finish(portal, run)


def test_killed_at_e_with_the_answer_in_memory_finds_it_by_look_up(portal: Portal, no_release) -> None:
    """F6."""
    run = portal.approved_run(rows=4)
    kill_at(portal, run, "allocate", after=die)
    assert len(portal.ledger()) == 2
    finish(portal, run)
    assert [attempt.state for attempt in Attempt.objects.all()] == ["resolved", "applied"]


def test_killed_at_f_with_the_answer_stored_makes_no_new_call(portal: Portal, no_release, monkeypatch) -> None:
    """F7."""
    run = portal.approved_run(rows=2)
    real = answering.apply_kept
    monkeypatch.setattr(answering, "apply_kept", lambda *_, **__: die())
    kill_at(portal, run, "nothing")
    monkeypatch.setattr(answering, "apply_kept", real)
    assert [attempt.state for attempt in Attempt.objects.all()] == ["answered"]
    portal.drain_after(run, minutes=6)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
    assert portal.sim.control.state()["requests"]["bulk"] == 1
    check_invariants(portal)


def test_killed_at_g_before_the_release_sends_nothing_more(portal: Portal, no_release) -> None:
    """F8."""
    run = portal.approved_run(rows=2)
    dying = with_client(portal, portal.gateway.client)
    draining.drain_run(run.pk, gateway=dying.gateway)
    portal.drain_after(run, minutes=6)
    assert (run.state, Attempt.objects.count()) == ("settled", 1)
    check_invariants(portal)


def test_killed_during_the_look_up_looks_up_again(portal: Portal, no_release) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=4))
    portal.clock.forward(minutes=16)
    kill_at(portal, run, "find_transactions", after=die)
    finish(portal, run)


def test_killed_between_the_resend_and_its_answer_credits_once(portal: Portal, no_release) -> None:
    portal.sim.faults.push(kind="error_before")
    run = portal.drain(portal.approved_run(rows=4))
    portal.drain_after(run, seconds=2)
    portal.clock.forward(minutes=16)
    kill_at(portal, run, "allocate", after=die)
    finish(portal, run)


def test_a_worker_held_up_after_its_intent_sends_nothing(portal: Portal, monkeypatch) -> None:
    """F15, I13: the lease would end before the call could."""
    run = portal.approved_run(rows=2)
    real = sending._write_intent

    def slow(*args: Any, **options: Any) -> Any:
        intent = real(*args, **options)
        portal.clock.forward(minutes=4)
        return intent

    monkeypatch.setattr(sending, "_write_intent", slow)
    slowly = with_client(portal, Wrapped(portal.gateway.client, "allocate", before=die))
    draining.drain_run(run.pk, gateway=slowly.gateway)
    assert ([a.state for a in Attempt.objects.all()], portal.states(run)) == (["not_sent"], ["pending"] * 2)
    assert set(Row.objects.values_list("tries", flat=True)) == {0}


def test_a_worker_slow_before_its_intent_gives_up(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    first = Wrapped(portal.gateway.client, "token", after=lambda: portal.clock.forward(minutes=2))
    draining.drain_run(run.pk, gateway=with_client(portal, first).gateway)
    assert "allocate" in first.calls
    assert first.calls.index("allocate") > first.calls.index("token") + 1


def overtaken(portal: Portal, run: Run, *, recover: bool = True, then: Callable[[], None] = lambda: None) -> None:
    """Drains as a worker that is stopped within its call until another one has taken the chunk over."""

    def another_comes() -> None:
        portal.clock.forward(minutes=6)
        other = portal.as_worker("other")
        claim = leases.claim_next_chunk(run.pk, gateway=other.gateway)
        if recover:
            draining.work_on(claim, gateway=other.gateway)
            leases.release(claim)
        then()

    stopped = with_client(portal, Wrapped(portal.gateway.client, "allocate", after=another_comes), worker="stopped")
    draining.drain_run(run.pk, gateway=stopped.gateway)
    run.refresh_from_db()


def test_a_zombie_brings_late_success_which_counts(portal: Portal) -> None:
    """F15, I15."""
    run = portal.approved_run(rows=2)
    overtaken(portal, run)
    assert portal.states(run) == ["credited", "credited"]
    assert portal.credited(run) == portal.ledger()
    portal.drain_after(run, minutes=21)
    assert run.state == "settled"
    check_invariants(portal)


def test_a_zombie_brings_late_failure_which_is_only_kept(portal: Portal) -> None:
    """F15, I16."""
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    run = portal.approved_run(rows=2)
    overtaken(portal, run)
    assert portal.states(run) == ["unknown", "unknown"]
    assert [attempt.state for attempt in Attempt.objects.all()] == ["resolved"]
    assert Attempt.objects.get().body is not None


def test_a_zombie_answers_before_its_intent_was_given_up(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    overtaken(portal, run, recover=False)
    assert (run.state, run.pause_code, portal.states(run)) == ("running", "", ["sending"] * 2)
    portal.drain_after(run, minutes=6)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
    assert [attempt.state for attempt in Attempt.objects.all()] == ["applied"]
    check_invariants(portal)


def test_a_zombie_answers_after_a_look_up_had_settled_everything(portal: Portal) -> None:
    run = portal.approved_run(rows=2)

    def settle() -> None:
        for _ in range(3):
            portal.as_worker("other").drain_after(run, minutes=16)

    overtaken(portal, run, then=settle)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
    assert Attempt.objects.get().body is not None
    check_invariants(portal)


@pytest.mark.parametrize("kind", ["drop_before", "error_after"])
def test_a_zombie_without_an_answer_changes_nothing(portal: Portal, kind: str) -> None:
    portal.sim.faults.push(kind=kind)
    run = portal.approved_run(rows=2)
    overtaken(portal, run)
    before = list(Row.objects.order_by("pk").values())
    assert [row["state"] for row in before] == ["unknown"] * 2
    assert Chunk.objects.get().next_action_at > portal.clock()


def test_an_unexpected_error_keeps_the_intent_and_waits(portal: Portal) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    run = portal.approved_run(rows=2)
    with pytest.raises(ZeroDivisionError):
        draining.drain_run(
            run.pk, gateway=with_client(portal, Wrapped(portal.gateway.client, "allocate", fail)).gateway
        )
    portal.drain(run)
    assert portal.states(run) == ["unknown", "unknown"]
    assert Chunk.objects.get().next_action_at == portal.clock() + portal.gateway.timing.recovery.quiet


@dataclass
class NeverInTransaction:
    """Refuses every call that is made inside a transaction."""

    client: Any
    depth: int

    def __getattr__(self, name: str) -> Any:
        assert len(connection.savepoint_ids) + connection.in_atomic_block == self.depth, f"{name} in a transaction"
        return getattr(self.client, name)


@pytest.mark.parametrize("kind", ["error_after", "unauthorized", "lookup_down", "balance_down", "token_500"])
def test_no_call_is_made_inside_a_transaction(portal: Portal, kind: str) -> None:
    portal.sim.faults.push(kind="error_half")
    portal.sim.faults.push(kind=kind)
    depth = len(connection.savepoint_ids) + connection.in_atomic_block
    strict = with_client(portal, NeverInTransaction(portal.gateway.client, depth), worker="strict")
    run = strict.drain(strict.approved_run(rows=4))
    for _ in range(5):
        strict.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 4)
