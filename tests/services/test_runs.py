"""Pausing, resuming, settling and running failed rows again."""

import pytest

from allocations.domain.calls import CallResult
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.pauses import Pause
from allocations.enkash.errors import BadCertificate, NotSent
from allocations.models import Attempt, Chunk, Row, Run, TrailEntry
from allocations.services import draining, leases, planning, runs
from allocations.services.reruns import rerun_failed_rows
from tests.factories.people import actor
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


def pause(portal: Portal, run: Run) -> Run:
    runs.pause_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    return run


def resume(portal: Portal, run: Run) -> Run:
    runs.resume_run(portal.maker, run_id=run.pk)
    run.refresh_from_db()
    return run


def test_a_run_paused_before_it_began_is_still_planned_after_the_resume(portal: Portal) -> None:
    run = pause(portal, portal.approved_run(rows=3))
    assert (portal.drain(run).state, Attempt.objects.count()) == ("paused", 0)
    assert resume(portal, run).state == "queued"
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited"] * 3)


def test_a_run_that_was_tampered_with_is_compared_again_after_the_resume(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    portal.account.card_account_id = "CAOTHER"
    portal.account.save()
    assert (portal.drain(run).state, run.pause_code) == ("paused", "tampered")
    resume(portal, run)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "tampered", {})


def test_an_account_changed_during_the_run_stops_it(portal: Portal) -> None:
    run = portal.approved_run(rows=2)
    planning.begin_run(run.pk, gateway=portal.gateway)
    portal.account.card_account_id = "CADEMO2"
    portal.account.save()
    assert (portal.drain(run).pause_code, portal.ledger()) == ("tampered", {})


def test_a_row_moved_into_a_chunk_during_the_run_stops_it(portal: Portal) -> None:
    run = portal.approved_run(rows=4)
    planning.begin_run(run.pk, gateway=portal.gateway)
    Row.objects.filter(number=4).update(chunk=Chunk.objects.get(number=1))
    assert (portal.drain(run).pause_code, portal.ledger()) == ("tampered", {})


def test_pause_stops_before_the_next_chunk_and_resume_goes_on(portal: Portal) -> None:
    run = portal.approved_run(rows=4)
    planning.begin_run(run.pk, gateway=portal.gateway)
    claim = leases.claim_next_chunk(run.pk, gateway=portal.gateway)
    pause(portal, run)
    draining.work_on(claim, gateway=portal.gateway)
    leases.release(claim)
    assert (portal.drain(run).pause_code, portal.ledger()) == ("by_person", {})
    resume(portal, run)
    assert portal.drain(run).state == "settled"


def test_pause_and_resume_twice_are_the_same_as_once(portal: Portal) -> None:
    """F51."""
    run = portal.approved_run(rows=2)
    pause(portal, pause(portal, run))
    resume(portal, resume(portal, run))
    events = list(TrailEntry.objects.filter(object_type="run").values_list("event", flat=True))
    assert events == ["run created", "run pause", "run requeue"]


@pytest.mark.parametrize("act", [runs.pause_run, runs.resume_run])
def test_a_settled_run_cannot_be_paused_or_resumed(portal: Portal, act) -> None:
    run = portal.drain(portal.approved_run(rows=1))
    with pytest.raises(StateConflict, match=r"^The run has ended"):
        act(portal.maker, run_id=run.pk)


def test_a_run_that_waits_for_people_cannot_be_paused(portal: Portal) -> None:
    portal.sim.faults.push(kind="already_exists_first")
    run = portal.drain(portal.approved_run(rows=2))
    with pytest.raises(StateConflict, match="cannot be paused now"):
        pause(portal, run)
    assert resume(portal, run).state == "running"
    assert portal.drain(run).state == "attention"


@pytest.mark.parametrize("roles", [(), ("auditor",), ("owner",)])
def test_only_admins_and_approvers_control_a_run(portal: Portal, roles) -> None:
    run = portal.approved_run(rows=1)
    with pytest.raises(NotAllowed):
        runs.pause_run(actor(*roles), run_id=run.pk)


def test_a_contradiction_is_shown_although_somebody_had_paused(portal: Portal) -> None:
    run = pause(portal, portal.approved_run(rows=1))
    runs.pause_by_itself(run, Pause.IMPOSSIBLE, now=portal.clock())
    runs.pause_by_itself(run, Pause.BALANCE, now=portal.clock())
    run.refresh_from_db()
    assert run.pause_code == "impossible"
    assert TrailEntry.objects.get(event="run pause reason changed").data == {"former": "by_person", "why": "impossible"}


def test_a_contradiction_in_the_call_that_a_pause_let_end_is_not_lost(portal: Portal) -> None:
    run = portal.approved_run(rows=4)
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        pause(portal, run)
        return real(*args, **options)

    portal.gateway.client.allocate = allocate
    portal.sim.faults.push(kind="extra_success")
    assert (portal.drain(run).state, run.pause_code) == ("paused", "impossible")
    assert Attempt.objects.get().notes == ["1 success lines belong to no row of the request."]


def test_breakers_count_only_results_alike(portal: Portal) -> None:
    run = portal.approved_run(rows=1)
    planning.begin_run(run.pk, gateway=portal.gateway)
    for result in (CallResult.SERVER_ERROR, CallResult.SERVER_ERROR, CallResult.NO_ANSWER, CallResult.SERVER_ERROR):
        runs.after_call(run, result, None, now=portal.clock())
    run.refresh_from_db()
    assert (run.state, run.streak_kind, run.streak) == ("running", "server_error", 1)
    runs.after_call(run, CallResult.SERVER_ERROR, None, now=portal.clock())
    runs.after_call(run, CallResult.SERVER_ERROR, None, now=portal.clock())
    run.refresh_from_db()
    assert (run.state, run.pause_code) == ("paused", "server_errors")


def test_pause_for_defect_keeps_everything(portal: Portal) -> None:
    run = portal.approved_run(rows=1)
    runs.pause_for_defect(run.pk)
    run.refresh_from_db()
    assert (run.state, run.pause_code, portal.states(run)) == ("paused", "defect", ["pending"])


def test_a_settled_run_tells_its_totals_and_balances(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=3))
    opening, closing = run.opening_balance, run.closing_balance
    assert (run.summary["rows"], run.summary["credited"], run.summary["credited_points"]) == (3, 3, "300.00")
    assert opening - closing == 300
    assert closing == portal.sim.ledger.accounts[portal.account.company_id, portal.account.card_account_id].balance


def test_a_run_resolved_by_look_up_reads_its_closing_balance(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=1))
    portal.drain_after(run, minutes=16)
    assert (run.state, run.closing_balance is None) == ("settled", False)


def test_a_run_settles_without_its_closing_balance_too(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=1))
    portal.sim.faults.push(kind="balance_down", times=9)
    portal.drain_after(run, minutes=16)
    assert (run.state, run.closing_balance) == ("settled", None)


def failed_run(portal: Portal) -> Run:
    portal.sim.faults.push(kind="insufficient_mid", index=1)
    run = portal.drain(portal.approved_run(rows=4))
    assert portal.states(run) == ["credited", "failed", "pending", "pending"]
    resume(portal, run)
    assert portal.drain(run).state == "settled"
    return run


def test_rerun_takes_only_failed_rows_with_their_references(portal: Portal) -> None:
    run = failed_run(portal)
    references = set(Row.objects.values_list("reference", flat=True))
    again = rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    assert portal.states(run) == ["credited", "pending", "credited", "credited"]
    portal.drain(again)
    assert (again.state, again.generation, again.parent) == ("settled", 2, run)
    assert [chunk.row_count for chunk in again.chunks.all()] == [1]
    assert set(portal.ledger()) == references
    check_invariants(portal)


def test_rerun_twice_is_refused_and_changes_nothing(portal: Portal) -> None:
    """F51."""
    run = failed_run(portal)
    rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    with pytest.raises(StateConflict, match=r"^Run 2 is “queued”\. Rows can be run again when it has ended\.$"):
        rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    assert Run.objects.count() == 2


def test_rerun_of_nothing_failed_is_refused(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=1))
    with pytest.raises(InvalidInput, match=r"^No row of this batch failed"):
        rerun_failed_rows(portal.maker, batch_id=run.batch_id)


def test_rerun_before_any_run_is_refused(portal: Portal) -> None:
    with pytest.raises(StateConflict, match=r"^The batch has not run yet"):
        rerun_failed_rows(portal.maker, batch_id=portal.review_batch().pk)


def test_rerun_needs_an_admin(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        rerun_failed_rows(portal.approver, batch_id=portal.review_batch().pk)


def test_rerun_that_finds_the_reference_used_looks_it_up(portal: Portal) -> None:
    """A failed row that EnKash had credited after all: late credit, found because the reference is the same."""
    run = failed_run(portal)
    portal.sim.faults.push(kind="error_after")
    again = portal.drain(rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    for _ in range(3):
        portal.drain_after(again, minutes=16)
    assert (again.state, portal.states(run)) == ("settled", ["credited"] * 4)
    check_invariants(portal)


def test_rerun_long_after_the_first_run_may_still_resend(portal: Portal) -> None:
    run = failed_run(portal)
    portal.clock.forward(days=3)
    again = rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    portal.sim.faults.push(kind="error_before")
    portal.drain(again)
    for _ in range(2):
        portal.drain_after(again, minutes=16)
    assert (again.state, portal.states(run)) == ("settled", ["credited"] * 4)


@pytest.mark.parametrize("error", [NotSent, BadCertificate])
def test_a_call_that_was_not_sent_leaves_rows_as_they_were(portal: Portal, error: type[NotSent]) -> None:
    """F28."""

    def allocate(*_, **__):
        raise error("Nothing was sent.")

    portal.gateway.client.allocate = allocate
    run = portal.drain(portal.approved_run(rows=1))
    for _ in range(5):
        portal.drain_after(run, minutes=1)
    row, tries = Row.objects.get(), Attempt.objects.filter(state="not_sent").count()
    assert (run.state, row.state, row.tries) == ("paused", "pending", 0)
    assert (run.pause_code, tries) == (("certificate", 1) if error is BadCertificate else ("unreachable", 5))
