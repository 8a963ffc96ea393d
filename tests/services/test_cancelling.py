"""Cancelling what was not sent: nothing goes out any more, and the run still comes to a true end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.pauses import Pause
from allocations.models import Attempt, AttemptRow, Chunk, Installation, Row, Run, TrailEntry
from allocations.selectors.approvals import committed_points
from allocations.services import cancelling, draining, leases, planning, proposals, runs, sending
from allocations.services.cancelling import cancel_run
from allocations.services.freezes import freeze_sending
from allocations.services.outcomes import recount
from allocations.services.reruns import rerun_failed_rows
from tests.factories.decisions import open_proposal
from tests.factories.people import actor
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.services.test_crash_points import Killed, Wrapped, die, with_client
from tests.services.test_proposals import FILE, given_up, propose, said

pytestmark = pytest.mark.django_db


def cancel(portal: Portal, run: Run) -> Run:
    cancel_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    return run


def begun(portal: Portal, **fields) -> Run:
    run = portal.approved_run(**fields)
    planning.begin_run(run.pk, gateway=portal.gateway)
    return run


def failed_run(portal: Portal, *, index: int, rows: int) -> Run:
    portal.sim.faults.push(kind="insufficient_mid", index=index)
    run = portal.drain(portal.approved_run(rows=rows))
    runs.resume_run(portal.maker, run_id=run.pk)
    return portal.drain(run)


def bulk_calls(portal: Portal) -> int:
    return portal.sim.control.state()["requests"].get("bulk", 0)


def test_a_queued_run_ends_at_once(portal: Portal) -> None:
    run = cancel(portal, portal.approved_run(rows=5))
    assert (run.state, portal.states(run)) == ("settled", ["cancelled"] * 5)
    assert (run.summary["rows"], run.summary["cancelled"], run.started_at) == (5, 5, None)
    assert (portal.drain(run).state, portal.ledger()) == ("settled", {})
    check_invariants(portal)


def test_a_run_paused_before_it_began_ends_at_once(portal: Portal) -> None:
    run = portal.approved_run(rows=3)
    runs.pause_run(portal.maker, run_id=run.pk)
    assert (cancel(portal, run).state, run.pause_code, portal.states(run)) == ("settled", "", ["cancelled"] * 3)


def test_what_is_credited_stays_and_the_rest_is_cancelled(portal: Portal) -> None:
    run = begun(portal, rows=6)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    draining.work_on(claim, gateway=portal.gateway)
    leases.release(claim)
    cancel(portal, run)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2 + ["cancelled"] * 4)
    assert (run.summary["credited"], run.summary["cancelled"]) == (2, 4)
    check_invariants(portal)


def test_a_call_in_flight_comes_to_its_end_and_nothing_follows(portal: Portal) -> None:
    """I24."""
    run = portal.approved_run(rows=6)
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        cancel(portal, run)
        assert portal.states(run) == ["sending"] * 2 + ["cancelled"] * 4
        return real(*args, **options)

    portal.gateway.client.allocate = allocate
    portal.drain(run)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2 + ["cancelled"] * 4)
    check_invariants(portal)


def test_a_claim_without_an_intent_sends_nothing(portal: Portal) -> None:
    run = begun(portal, rows=2)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    cancel(portal, run)
    assert (run.state, portal.states(run)) == ("running", ["pending"] * 2)
    sending.send_chunk(claim, gateway=portal.gateway)
    leases.release(claim)
    assert (portal.drain(run).state, portal.states(run), Attempt.objects.count()) == ("settled", ["cancelled"] * 2, 0)


def test_what_is_unknown_is_looked_up_and_never_sent_again(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=4))
    cancel(portal, run)
    assert (run.state, portal.states(run)) == ("running", ["unknown"] * 2 + ["cancelled"] * 2)
    portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2 + ["cancelled"] * 2)
    check_invariants(portal)


def test_what_no_look_up_finds_goes_to_people_and_never_out_again(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_before")
    run = cancel(portal, portal.drain(portal.approved_run(rows=3)))
    for _ in range(4):
        portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("attention", ["unknown"] * 2 + ["cancelled"])
    runs.resume_run(portal.maker, run_id=run.pk)
    for _ in range(3):
        portal.drain_after(run, minutes=16)
    assert (run.state, bulk_calls(portal)) == ("attention", 1)
    check_invariants(portal)


def test_a_row_whose_call_was_refused_is_looked_up(portal: Portal) -> None:
    portal.sim.faults.push(kind="unauthorized", endpoint="bulk", times=2)
    run = portal.drain(portal.approved_run(rows=4))
    assert (run.state, run.pause_code, portal.states(run)) == ("paused", "login", ["pending"] * 4)
    cancel(portal, run)
    assert (run.state, portal.states(run)) == ("running", ["unknown"] * 2 + ["cancelled"] * 2)
    assert set(Row.objects.filter(state="unknown").values_list("reason_code", flat=True)) == {"cancelled_after_a_call"}
    for _ in range(3):
        portal.drain_after(run, minutes=16)
    assert (run.state, portal.ledger()) == ("attention", {})
    check_invariants(portal)


def test_a_refused_call_in_flight_is_doubted_once_it_is_over(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        cancel(portal, run)
        return real(*args, **options)

    portal.gateway.client.allocate = allocate
    portal.sim.faults.push(kind="throttle", retry_after=1)
    portal.drain(run)
    portal.drain_after(run, minutes=1)
    assert (run.state, portal.states(run), bulk_calls(portal)) == ("running", ["unknown"] * 2, 1)


def test_breakers_do_not_hold_up_the_look_ups_of_a_cancelled_run(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = cancel(portal, portal.drain(portal.approved_run(rows=2)))
    runs.pause_by_itself(run, Pause.NO_ANSWER, now=portal.clock())
    assert (portal.drain_after(run, minutes=16).state, portal.states(run)) == ("settled", ["credited"] * 2)


def test_what_is_wrong_is_still_shown(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = cancel(portal, portal.drain(portal.approved_run(rows=2)))
    runs.pause_by_itself(run, Pause.IMPOSSIBLE, now=portal.clock())
    run.refresh_from_db()
    assert (run.state, run.pause_code) == ("paused", "impossible")
    runs.resume_run(portal.maker, run_id=run.pk)
    assert (portal.drain_after(run, minutes=16).state, portal.states(run)) == ("settled", ["credited"] * 2)


def test_a_run_with_more_chunks_than_one_click_takes_is_cancelled_by_a_worker(portal: Portal, monkeypatch) -> None:
    monkeypatch.setattr(cancelling, "AT_ONCE", 1)
    run = cancel(portal, begun(portal, rows=6))
    assert (run.state, portal.states(run)) == ("running", ["cancelled"] * 2 + ["pending"] * 4)
    assert (portal.drain(run).state, portal.states(run), bulk_calls(portal)) == ("settled", ["cancelled"] * 6, 0)
    assert TrailEntry.objects.filter(event="rows cancelled").count() == 3
    check_invariants(portal)


@pytest.mark.parametrize("planned", [True, False])
def test_a_cancelled_re_run_leaves_its_rows_failed_as_before(portal: Portal, planned: bool) -> None:
    run = failed_run(portal, index=1, rows=2)
    before = Row.objects.filter(state="failed").values("evidence", "reason_code", "reason").get()
    again = rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    if planned:
        planning.begin_run(again.pk, gateway=portal.gateway)
    cancel(portal, again)
    assert (again.state, portal.states(run)) == ("settled", ["credited", "failed"])
    assert Row.objects.filter(state="failed").values("evidence", "reason_code", "reason").get() == before
    assert (again.summary["rows"], again.summary["failed"]) == (1, 1)
    third = portal.drain(rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert (third.state, portal.states(run)) == ("settled", ["credited"] * 2)
    check_invariants(portal)


def test_a_cancelled_re_run_doubts_what_only_a_look_up_had_failed(portal: Portal) -> None:
    run = failed_run(portal, index=0, rows=1)
    Attempt.objects.get().rows.update(outcome="unknown")
    again = cancel(portal, rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert (again.state, portal.states(run)) == ("running", ["unknown"])
    for _ in range(3):
        portal.drain_after(again, minutes=16)
    assert (again.state, portal.states(again), bulk_calls(portal)) == ("attention", ["unknown"], 1)


def test_cancelled_rows_are_never_run_again(portal: Portal) -> None:
    run = cancel(portal, portal.approved_run(rows=2))
    with pytest.raises(InvalidInput, match=r"^No row of this batch failed"):
        rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    row = Row.objects.filter(batch_id=run.batch_id)
    for changes in ({"state": "pending"}, {"tries": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**changes)


def test_cancelling_twice_is_the_same_as_once(portal: Portal) -> None:
    run = cancel(portal, cancel(portal, portal.approved_run(rows=2)))
    entries = TrailEntry.objects.filter(batch_id=run.batch_id, event__in=("run cancel", "rows cancelled"))
    assert [(entry.event, entry.actor_id) for entry in entries] == [
        ("run cancel", portal.maker.id),
        ("rows cancelled", portal.maker.id),
    ]
    assert entries[1].data == {"cancelled": 2, "failed_as_before": 0, "to_be_looked_up": 0}


def test_an_ended_run_cannot_be_cancelled(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=1))
    with pytest.raises(StateConflict, match=r"^The run has ended: there is nothing left to cancel\.$"):
        cancel_run(portal.maker, run_id=run.pk)


@pytest.mark.parametrize("roles", [(), ("auditor",), ("owner",)])
def test_only_admins_and_approvers_cancel(portal: Portal, roles) -> None:
    run = portal.approved_run(rows=1)
    with pytest.raises(NotAllowed):
        cancel_run(actor(*roles), run_id=run.pk)
    assert portal.states(run) == ["pending"]


def test_a_run_can_be_cancelled_while_everything_is_frozen(portal: Portal) -> None:
    run = begun(portal, rows=2)
    freeze_sending(portal.approver, reason="EnKash called")
    assert (cancel(portal, run).state, portal.states(run)) == ("settled", ["cancelled"] * 2)


def test_cancelled_points_are_free_again(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=4, amount=100))
    assert committed_points(portal.account) == 400
    cancel(portal, run)
    assert (run.state, committed_points(portal.account)) == ("running", 200)
    assert Chunk.objects.get(run=run, number=2).cancelled_points == 200


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_around_its_call_leaves_no_row_that_could_go_out(portal: Portal, monkeypatch, when) -> None:
    run = portal.approved_run(rows=4)
    real = leases.release
    monkeypatch.setattr(leases, "release", lambda claim: None if claim.owner == "dies" else real(claim))

    def cancel_and_die() -> None:
        cancel(portal, run)
        die()

    dying = with_client(portal, Wrapped(portal.gateway.client, "allocate", **{when: cancel_and_die}))
    with pytest.raises(Killed):
        draining.drain_run(run.pk, gateway=dying.gateway)
    for _ in range(5):
        portal.drain_after(run, minutes=16)
    known = {"before": ("attention", "unknown"), "after": ("settled", "credited")}[when]
    assert (run.state, portal.states(run)) == (known[0], [known[1]] * 2 + ["cancelled"] * 2)
    assert len(portal.ledger()) == (0 if when == "before" else 2)
    check_invariants(portal)


def lose_what_was_sent(run: Run) -> None:
    """As a restore of a backup from before the call does it."""
    Attempt.objects.filter(chunk__run=run).update(state="not_sent")
    AttemptRow.objects.filter(attempt__chunk__run=run).delete()
    Row.objects.filter(batch_id=run.batch_id, state="sending").update(state="pending", tries=0, first_sent_at=None)
    Chunk.objects.filter(run=run).update(must_look_up=True, lease_expires_at=None, attempts_used=0)
    recount(Chunk.objects.filter(run=run).values_list("pk", flat=True))


def test_what_a_restore_may_hide_is_looked_up_before_it_is_cancelled(portal: Portal, monkeypatch) -> None:
    run = portal.approved_run(rows=4)
    monkeypatch.setattr(leases, "release", lambda claim: None)
    with pytest.raises(Killed):
        draining.drain_run(
            run.pk, gateway=with_client(portal, Wrapped(portal.gateway.client, "allocate", after=die)).gateway
        )
    monkeypatch.undo()
    lose_what_was_sent(run)
    cancel(portal, run)
    assert (run.state, portal.states(run)) == ("running", ["pending"] * 4)
    portal.drain_after(run, minutes=16)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2 + ["cancelled"] * 2)
    assert portal.credited(run) == portal.ledger()


def test_a_restored_run_that_was_never_planned_is_looked_up_first(portal: Portal) -> None:
    run = portal.approved_run(rows=4)
    Installation.objects.update(recovered_at=portal.clock() + timedelta(minutes=1))
    cancel(portal, run)
    assert (run.state, portal.states(run)) == ("running", ["pending"] * 4)
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["cancelled"] * 4)
    assert portal.sim.control.state()["requests"]["transactions"] == 2


def test_a_run_that_was_never_planned_waits_for_the_end_of_a_recovery(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    Installation.objects.update_or_create(pk=1, defaults={"recovering_since": portal.clock()})
    with pytest.raises(StateConflict, match=r"^The portal is finding out what was sent before a restore\."):
        cancel_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.cancelled_at) == ("queued", None)


def test_what_two_people_decided_stands_after_a_cancelled_re_run(portal: Portal, monkeypatch) -> None:
    monkeypatch.setattr(proposals, "database_now", portal.clock)
    run = given_up(portal)
    proposal = propose(portal, run, said("failed", ids={2: ""}), file=FILE)
    proposals.confirm(portal.approver, proposal_id=proposal.pk)
    again = cancel(portal, rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    row = Row.objects.get()
    assert (again.state, row.state, row.evidence, row.reason_code) == (
        "settled",
        "failed",
        "people",
        "decided_by_people",
    )


def test_people_decide_about_what_a_cancelled_run_left_open(portal: Portal, monkeypatch) -> None:
    monkeypatch.setattr(proposals, "database_now", portal.clock)
    portal.sim.faults.push(kind="error_before")
    run = cancel(portal, portal.drain(portal.approved_run(rows=3)))
    portal.drain_after(run, minutes=16)
    assert run.state == "attention"
    proposal = propose(portal, run, said("failed", ids={2: "", 3: ""}), file=FILE)
    proposals.confirm(portal.approver, proposal_id=proposal.pk)
    run.refresh_from_db()
    assert (run.state, portal.states(run)) == ("settled", ["failed"] * 2 + ["cancelled"])
    check_invariants(portal)


def test_what_people_called_failed_stands_also_without_a_call_of_ours(portal: Portal) -> None:
    """A restore forgot the call and made a conflict of the row; it was never tried, but it did fail."""
    run = begun(portal, rows=1)
    Row.objects.update(state="conflict")
    recount(Chunk.objects.values_list("pk", flat=True))
    proposals.confirm(portal.approver, proposal_id=open_proposal(rows=(Row.objects.get(),), outcome="failed").pk)
    again = cancel(portal, rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    row = Row.objects.get()
    assert (again.state, row.state, row.tries, row.evidence) == ("settled", "failed", 0, "people")
