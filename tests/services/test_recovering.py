"""The recovery mode itself: who notices, what it stops, what it believes, how it ends."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from allocations import gateway as gateways
from allocations.domain.errors import StateConflict
from allocations.domain.manifest import request_body
from allocations.domain.states import RunState
from allocations.enkash.errors import LoginBlocked
from allocations.gateway.tokens import DatabaseTokenStore
from allocations.models import Attempt, Chunk, EnkashToken, Installation, Row, Run, TrailEntry
from allocations.services import cancelling, draining, leases, looking_up, planning, recovering, runs, sending, sweeping
from tests.services.conftest import Portal
from tests.services.test_crash_points import Wrapped, with_client

pytestmark = pytest.mark.django_db

EVERY = timedelta(seconds=30)


class Fixed:
    """A witness that knows one figure of every instance."""

    def __init__(self, highest: int) -> None:
        self.figure = highest

    def note(self, instance: UUID, attempt_id: int) -> None:
        pass

    def highest(self, instance: UUID) -> int | None:
        return self.figure


def begin(portal: Portal) -> int | None:
    return recovering.begin(now=portal.clock(), timing=portal.gateway.timing, why="Restored from a backup.")


def begun(portal: Portal, **fields) -> Run:
    run = portal.approved_run(**fields)
    planning.begin_run(run.pk, gateway=portal.gateway)
    return run


def sent_elsewhere(portal: Portal, run: Run) -> None:
    """The run's first chunk was sent in a life of the database that is lost."""
    rows = list(Row.objects.filter(chunk__run=run, chunk__number=1).order_by("number"))
    portal.gateway.client.allocate(
        request_body([planning.payload_of(row) for row in rows]),
        company_id=portal.account.company_id,
        card_account_id=portal.account.card_account_id,
        is_points_allocation=True,
        token=portal.gateway.client.token(100),
    )


def recovering_now() -> bool:
    return Installation.objects.get().recovering_since is not None


@pytest.mark.parametrize(("highest", "noticed"), [(0, False), (1, False), (2, True)])
def test_a_database_behind_the_witness_recovers(portal: Portal, highest: int, noticed: bool) -> None:
    portal.drain(portal.approved_run(rows=1))
    assert Attempt.objects.count() == 1
    figure = Attempt.objects.get().pk - 1 + highest
    watched = replace(portal.gateway, witness=Fixed(figure))
    assert recovering.guard(gateway=watched) is noticed
    assert recovering_now() is noticed


def test_who_cancels_a_run_notices_a_restore_before_any_worker(portal: Portal, monkeypatch) -> None:
    """Else rows would be called never sent that were credited in the life that is lost."""
    run = begun(portal, rows=2)
    sent_elsewhere(portal, run)
    watched = replace(portal.gateway, witness=Fixed(10**6))
    monkeypatch.setattr(gateways, "build", lambda: watched)
    cancelling.cancel_run(portal.maker, run_id=run.pk)
    assert recovering_now()
    assert not Row.objects.filter(batch=run.batch, state="cancelled").exists()


def test_a_run_without_chunks_is_not_cancelled_after_a_restore_that_only_the_witness_knows(
    portal: Portal, monkeypatch
) -> None:
    run = portal.approved_run(rows=2)
    watched = replace(portal.gateway, witness=Fixed(10**6))
    monkeypatch.setattr(gateways, "build", lambda: watched)
    with pytest.raises(StateConflict, match="sent before a restore"):
        cancelling.cancel_run(portal.maker, run_id=run.pk)
    assert recovering_now()


def test_a_backup_from_before_the_first_login_allows_one_try(portal: Portal) -> None:
    EnkashToken.objects.all().delete()
    begin(portal)
    tokens = DatabaseTokenStore(worker="one", clock=portal.clock)
    tokens.begin_login()
    tokens.login_failed("Bad credentials")
    with pytest.raises(LoginBlocked):
        tokens.begin_login()


def test_two_workers_that_notice_begin_one_recovery(portal: Portal) -> None:
    known = leases.installation().instance_id
    for _ in range(2):
        recovering.begin(now=portal.clock(), timing=portal.gateway.timing, why="behind", instead_of=known)
    assert TrailEntry.objects.filter(event="recovery began").count() == 1


def test_nothing_is_claimed_planned_or_intended_while_the_portal_recovers(portal: Portal) -> None:
    running, queued = begun(portal, rows=2), portal.approved_run(rows=2)
    claim = leases.claim_next_chunk(running.pk, gateway=portal.gateway)
    begin(portal)
    sending.send_chunk(claim, gateway=portal.gateway)
    planning.begin_run(queued.pk, gateway=portal.gateway)
    leases.release(claim)
    portal.clock.forward(days=1)
    assert leases.claim_next_chunk(running.pk, gateway=portal.gateway) is None
    queued.refresh_from_db()
    assert (queued.state, Attempt.objects.count(), portal.ledger()) == ("queued", 0, {})


def test_a_claim_of_the_lost_life_is_not_valid_under_the_same_epoch_and_owner(portal: Portal) -> None:
    """F61: epochs and even owners can come again, instances do not."""
    run = begun(portal, rows=2)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    assert leases.still_mine(claim)
    begin(portal)
    assert not leases.still_mine(claim)
    assert not leases.still_mine(replace(claim, owner="another"))


@pytest.mark.parametrize("state", [state for state in RunState if state is not RunState.SETTLED])
def test_open_rows_are_looked_up_whatever_the_state_of_their_run(portal: Portal, state: RunState) -> None:
    run = begun(portal, rows=4)
    sent_elsewhere(portal, run)
    Run.objects.update(state=state)
    assert begin(portal) == 2
    portal.drain_after(run, minutes=19)
    assert portal.states(run) == ["pending"] * 4
    portal.drain_after(run, minutes=1)
    assert portal.states(run) == ["credited", "credited", "pending", "pending"]
    assert (recovering_now(), portal.credited(run)) == (False, portal.ledger())


def test_a_settled_run_is_left_alone(portal: Portal) -> None:
    portal.drain(portal.approved_run(rows=2))
    assert begin(portal) == 0


@pytest.mark.parametrize(
    ("fault", "state", "run_state"),
    [
        ({"kind": "lookup_other_amount"}, "anomaly", "paused"),
        ({"kind": "lookup_other_person"}, "anomaly", "paused"),
        ({"kind": "lookup_status"}, "conflict", "attention"),
        ({"kind": "lookup_status", "status": "FAILED"}, "pending", "running"),
    ],
)
def test_what_enkash_lists_differently_is_for_people(portal: Portal, fault, state: str, run_state: str) -> None:
    """I23: found and equal is a credit, anything else is not decided here."""
    run = begun(portal, rows=1)
    sent_elsewhere(portal, run)
    portal.sim.faults.push(**fault)
    begin(portal)
    portal.drain_after(run, minutes=21)
    assert (portal.states(run), run.state, recovering_now()) == ([state], run_state, False)


def test_some_found_starts_the_quiet_time_over(portal: Portal) -> None:
    """R11: the request of the lost life may still be running."""
    run = begun(portal, rows=2)
    portal.sim.faults.push(kind="error_half")
    sent_elsewhere(portal, run)
    begin(portal)
    portal.drain_after(run, minutes=20)
    assert (portal.states(run), recovering_now()) == (["credited", "pending"], True)
    portal.drain_after(run, minutes=14)
    assert recovering_now()
    portal.drain_after(run, minutes=1)
    assert not recovering_now()
    portal.drain(run)
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())


def test_a_recovery_lasts_as_long_as_the_look_up_gives_no_answer(portal: Portal) -> None:
    run = begun(portal, rows=2)
    sent_elsewhere(portal, run)
    portal.sim.faults.push(kind="lookup_down", times=5)
    begin(portal)
    portal.drain_after(run, minutes=20)
    for _ in range(4):
        portal.drain_after(run, minutes=2)
        assert recovering_now()
    portal.drain_after(run, minutes=2)
    assert (recovering_now(), portal.states(run)) == (False, ["credited"] * 2)


def test_a_batch_of_the_lost_life_waits_too_while_the_look_up_gives_no_answer(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    begin(portal)
    portal.clock.forward(minutes=20)
    assert recovering.end_if_done(gateway=portal.gateway)
    portal.sim.faults.push(kind="lookup_down", times=5)
    for _ in range(5):
        portal.drain_after(run, minutes=2)
        assert portal.states(run) == ["pending"] * 2
    portal.drain_after(run, minutes=2)
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())


def test_a_refused_login_pauses_the_run_and_a_resume_lets_recovery_go_on(portal: Portal) -> None:
    run = begun(portal, rows=2)
    portal.gateway.client.token(1)
    begin(portal)
    EnkashToken.objects.update(failures=2, last_error="Bad credentials")
    portal.drain_after(run, minutes=20)
    assert (run.state, run.pause_code) == ("paused", "login")
    runs.resume_run(portal.maker, run_id=run.pk)
    portal.drain_after(run, minutes=2)
    assert not recovering_now()


def test_a_batch_that_came_after_the_recovery_is_sent_as_ever(portal: Portal) -> None:
    begin(portal)
    portal.clock.forward(minutes=20)
    recovering.end_if_done(gateway=portal.gateway)
    Installation.objects.update(recovered_at=portal.clock() - timedelta(minutes=20))
    run = portal.drain(portal.approved_run(rows=2))
    assert (run.state, portal.sim.control.state()["requests"].get("transactions", 0)) == ("settled", 0)


def test_what_a_dead_worker_left_is_settled_on_the_way(portal: Portal) -> None:
    run = begun(portal, rows=2)
    dying = with_client(portal, Wrapped(portal.gateway.client, "allocate", after=lambda: 1 / 0))
    claim = leases.claim_next_chunk(run.pk, gateway=dying.gateway)
    with pytest.raises(ZeroDivisionError):
        draining.work_on(claim, gateway=dying.gateway)
    begin(portal)
    portal.drain_after(run, minutes=21)
    assert (portal.states(run), recovering_now()) == (["credited"] * 2, False)


def test_an_overtaken_worker_does_not_act_on_its_look_up(portal: Portal) -> None:
    run = begun(portal, rows=2)
    sent_elsewhere(portal, run)
    begin(portal)
    portal.clock.forward(minutes=20)
    zombie = leases.claim_to_look_up(run.pk, gateway=portal.gateway)
    portal.clock.forward(minutes=6)
    leases.claim_to_look_up(run.pk, gateway=portal.as_worker("other").gateway)
    assert not looking_up.look_up_first(zombie, gateway=portal.gateway)
    assert portal.states(run) == ["pending"] * 2


def test_the_sweeper_notices_rings_for_look_ups_and_ends_the_recovery(portal: Portal, monkeypatch) -> None:
    rung: list[int] = []
    monkeypatch.setattr(sweeping.queue, "ring_run", rung.append)
    run = begun(portal, rows=2)
    rung.clear()
    behind = replace(portal.gateway, witness=Fixed(1))
    assert sweeping.sweep(gateway=behind, every=EVERY) == (0, 0)
    assert recovering_now()
    portal.clock.forward(minutes=20)
    assert sweeping.sweep(gateway=portal.gateway, every=EVERY) == (1, 0)
    assert rung == [run.pk]
    Chunk.objects.update(must_look_up=False, next_action_at=None)
    assert sweeping.sweep(gateway=portal.gateway, every=EVERY) == (1, 0)
    assert not recovering_now()


def test_a_person_ends_what_cannot_end_by_itself(portal: Portal) -> None:
    run = begun(portal, rows=2)
    begin(portal)
    assert recovering.end_by_person(now=portal.clock(), why="Compared with the statement.")
    assert not recovering.end_by_person(now=portal.clock(), why="Twice.")
    portal.drain(run)
    assert (run.state, portal.sim.control.state()["requests"].get("transactions", 0)) == ("settled", 0)


def test_after_a_restore_one_login_is_tried_not_two(portal: Portal) -> None:
    tokens = DatabaseTokenStore(worker="one", clock=portal.clock)
    tokens.begin_login()
    tokens.login_not_sent()
    begin(portal)
    assert EnkashToken.objects.get().failures == 1
    tokens.begin_login()
    tokens.login_failed("Bad credentials")
    with pytest.raises(LoginBlocked, match="Bad credentials"):
        tokens.begin_login()


def test_outside_a_recovery_nothing_is_claimed_to_be_looked_up(portal: Portal) -> None:
    run = begun(portal, rows=2)
    Chunk.objects.update(must_look_up=True)
    assert leases.claim_to_look_up(run.pk, gateway=portal.gateway) is None


def test_a_call_that_ended_lately_has_its_own_quiet_time(portal: Portal) -> None:
    run = begun(portal, rows=2)
    sent_elsewhere(portal, run)
    begin(portal)
    portal.clock.forward(minutes=20)
    Chunk.objects.update(quiet_since=portal.clock() - timedelta(minutes=5))
    portal.drain(run)
    assert Chunk.objects.get().next_action_at == portal.clock() + timedelta(minutes=10)
    portal.drain_after(run, minutes=10)
    assert (portal.states(run), recovering_now()) == (["credited"] * 2, False)


def test_an_overtaken_worker_without_an_answer_changes_nothing(portal: Portal) -> None:
    run = begun(portal, rows=2)
    begin(portal)
    portal.clock.forward(minutes=20)
    zombie = leases.claim_to_look_up(run.pk, gateway=portal.gateway)
    portal.clock.forward(minutes=6)
    leases.claim_to_look_up(run.pk, gateway=portal.as_worker("other").gateway)
    before = list(Chunk.objects.values())
    portal.sim.faults.push(kind="lookup_down")
    assert not looking_up.look_up_first(zombie, gateway=portal.gateway)
    assert list(Chunk.objects.values()) == before


def test_a_plan_that_is_written_while_a_recovery_begins_is_refused(portal: Portal, monkeypatch) -> None:
    """The queued run is read, then the recovery begins, then the plan would be written."""
    run = portal.approved_run(rows=2)
    real = planning._opening_balance

    def slow(*args, **options):
        begin(portal)
        return real(*args, **options)

    monkeypatch.setattr(planning, "_opening_balance", slow)
    planning.begin_run(run.pk, gateway=portal.gateway)
    run.refresh_from_db()
    assert (run.state, Chunk.objects.count()) == ("queued", 0)
