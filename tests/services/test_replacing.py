"""Replacement rows (R16): a fresh reference only where EnKash surely gave nothing, once, and with a new approval."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.models import Batch, Installation, Problem, Replacement, Row, Run, TrailEntry
from allocations.selectors.accepting import to_be_seen
from allocations.services import batches, leaving_out, proposals, replacing, reruns, runs
from allocations.services.approval import approve_batch
from allocations.services.repeats import Answer
from allocations.services.submission import submit_batch, withdraw_batch
from tests.factories.batches import recount, review_batch
from tests.factories.decisions import open_proposal
from tests.factories.lists import RowFactory
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def same_clock(monkeypatch: pytest.MonkeyPatch, portal: Portal) -> None:
    monkeypatch.setattr("allocations.gateway.database_now", portal.clock)
    monkeypatch.setattr(proposals, "database_now", portal.clock)


def failed_run(portal: Portal, *, rows: int = 1) -> Run:
    """Settled, with failed rows only, and quiet."""
    portal.sim.faults.push(kind="insufficient_mid", index=0, times=rows)
    run = portal.drain(portal.approved_run(rows=rows))
    while run.state == "paused":
        runs.resume_run(portal.maker, run_id=run.pk)
        portal.drain_after(run, minutes=16)
    portal.sim.faults.clear()
    assert (run.state, set(portal.states(run))) == ("settled", {"failed"})
    portal.clock.forward(minutes=16)
    return run


def replace_rows(portal: Portal, run: Run, *numbers: int, key=None) -> Batch:
    return replacing.replace_rows(
        portal.maker, batch_id=run.batch_id, numbers=numbers or (2,), form_key=key or uuid4(), gateway=portal.gateway
    )


def approve(portal: Portal, batch: Batch) -> Run:
    sent = submit_batch(portal.maker, batch_id=batch.pk)
    return approve_batch(
        portal.approver, batch_id=batch.pk, version=sent.version, digest=sent.digest, seen=to_be_seen(sent)
    )


def test_a_replacement_goes_through_approval_under_a_fresh_reference(portal: Portal) -> None:
    run = failed_run(portal)
    batch = replace_rows(portal, run)
    old, new = Row.objects.get(batch_id=run.batch_id), Row.objects.get(batch=batch)
    assert (batch.state, batch.row_count, batch.points_total, batch.warning_rows) == ("review", 1, 100, 1)
    assert (new.name, new.mobile, new.email, new.amount) == (old.name, old.mobile, old.email, old.amount)
    assert new.reference != old.reference
    again = portal.drain(approve(portal, batch))
    assert (again.state, portal.states(again), portal.states(run)) == ("settled", ["credited"], ["failed"])
    assert portal.credited(again) == portal.ledger()
    check_invariants(portal)


def test_the_look_up_is_kept_as_evidence_and_told_to_the_approver(portal: Portal) -> None:
    run = failed_run(portal)
    batch = replace_rows(portal, run)
    made = Replacement.objects.get()
    assert (made.found, made.looked_up_at, made.made_by_id) == ([], portal.clock(), portal.maker.id)
    assert f"row 2 of batch {run.batch_id}, which is failed. A look-up at EnKash found nothing" in (
        Problem.objects.get(batch=batch).message
    )
    events = set(TrailEntry.objects.values_list("event", "batch"))
    assert {("rows replaced", batch.pk), ("rows replaced by another batch", run.batch_id)} <= events


def test_the_approver_is_told_that_a_restore_may_hide_an_earlier_replacement(portal: Portal) -> None:
    run = failed_run(portal)
    Installation.objects.update_or_create(pk=1, defaults={"recovered_at": portal.clock()})
    batch = replace_rows(portal, run)
    assert "may have been replaced once before" in Problem.objects.get(batch=batch).message


def test_what_enkash_lists_as_credited_is_not_replaced(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=1))
    portal.clock.forward(minutes=16)
    Row.objects.filter(batch_id=run.batch_id).update(state="failed", outcome_at=portal.clock())
    with pytest.raises(StateConflict, match="EnKash lists row 2 as credited"):
        replace_rows(portal, run)
    assert Batch.objects.count() == 1


def test_a_look_up_without_an_answer_replaces_nothing(portal: Portal) -> None:
    run = failed_run(portal)
    portal.sim.faults.push(kind="lookup_down", times=9)
    with pytest.raises(replacing.LookUpUnavailable):
        replace_rows(portal, run)
    assert Batch.objects.count() == 1


def test_a_row_is_replaced_once_and_never_sent_again(portal: Portal) -> None:
    run = failed_run(portal)
    replace_rows(portal, run)
    with pytest.raises(StateConflict, match="replaced once"):
        replace_rows(portal, run)
    with pytest.raises(InvalidInput, match="No row of this batch failed"):
        reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    with pytest.raises(IntegrityError, match="never sent again"), transaction.atomic():
        Row.objects.filter(batch_id=run.batch_id).update(state="pending")


def test_a_re_run_takes_the_failed_rows_that_are_not_replaced(portal: Portal) -> None:
    run = failed_run(portal, rows=3)
    replace_rows(portal, run, 3)
    again = portal.drain(reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert portal.states(again) == ["credited", "failed", "credited"]
    check_invariants(portal)


def test_the_same_form_twice_makes_one_batch(portal: Portal) -> None:
    run, key = failed_run(portal), uuid4()
    assert replace_rows(portal, run, key=key) == replace_rows(portal, run, key=key)


def test_a_replacement_batch_goes_as_it_is(portal: Portal) -> None:
    batch = replace_rows(portal, failed_run(portal))
    with pytest.raises(StateConflict, match="goes as it is"):
        leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=2)
    with pytest.raises(StateConflict, match="goes as it is"):
        batches.map_columns(portal.maker, batch_id=batch.pk, mapping={})


def test_a_replacement_that_is_given_up_frees_the_old_row(portal: Portal) -> None:
    run = failed_run(portal)
    batch = replace_rows(portal, run)
    replacing.give_up_replacement(portal.maker, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.row_count, Replacement.objects.count(), Problem.objects.count()) == (0, 0, 0)
    with pytest.raises(InvalidInput, match="No row would be sent"):
        submit_batch(portal.maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match="given up already"):
        replacing.give_up_replacement(portal.maker, batch_id=batch.pk)
    again = portal.drain(reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert portal.states(again) == ["credited"]


def test_a_submitted_replacement_is_not_given_up(portal: Portal) -> None:
    batch = replace_rows(portal, failed_run(portal))
    submit_batch(portal.maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match="can be changed only"):
        replacing.give_up_replacement(portal.maker, batch_id=batch.pk)


def credit_late(run: Run) -> None:
    Row.objects.filter(batch_id=run.batch_id).update(state="credited", evidence="look_up", credited_amount=100)


def test_an_old_row_that_was_credited_late_stops_its_replacement_at_every_door(portal: Portal) -> None:
    run = failed_run(portal)
    batch = replace_rows(portal, run)
    sent = submit_batch(portal.maker, batch_id=batch.pk)
    credit_late(run)
    with pytest.raises(StateConflict, match="could get points twice"):
        approve_batch(
            portal.approver, batch_id=batch.pk, version=sent.version, digest=sent.digest, seen=to_be_seen(sent)
        )


def test_an_old_row_that_was_credited_late_stops_a_submission_and_a_run(portal: Portal) -> None:
    first, second = failed_run(portal), failed_run(portal)
    batch, approved = replace_rows(portal, first), approve(portal, replace_rows(portal, second))
    credit_late(first)
    credit_late(second)
    with pytest.raises(StateConflict, match="could get points twice"):
        submit_batch(portal.maker, batch_id=batch.pk)
    portal.drain(approved)
    assert (approved.state, approved.pause_code, portal.states(approved)) == ("paused", "impossible", ["pending"])


def conflict_run(portal: Portal) -> Run:
    portal.sim.faults.push(kind="already_exists_first")
    run = portal.drain(portal.approved_run(rows=1))
    portal.drain_after(run, minutes=16)
    assert portal.states(run) == ["conflict"]
    return run


def call_credited(portal: Portal, run: Run) -> None:
    said = proposals.Said(proposals.Decision.CREDITED, "On the statement.", {2: "ECT1"}, uuid4())
    proposal = proposals.propose(portal.maker, batch_id=run.batch_id, said=said)
    proposals.confirm(portal.approver, proposal_id=proposal.pk)


def test_a_conflict_is_not_called_credited_while_its_replacement_can_be_given_up(portal: Portal) -> None:
    run = conflict_run(portal)
    batch = replace_rows(portal, run)
    with pytest.raises(StateConflict, match="has a replacement row that nobody has approved yet"):
        call_credited(portal, run)
    submit_batch(portal.maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match="has a replacement row that nobody has approved yet"):
        call_credited(portal, run)
    withdraw_batch(portal.maker, batch_id=batch.pk)
    replacing.give_up_replacement(portal.maker, batch_id=batch.pk)
    call_credited(portal, run)
    assert portal.states(run) == ["credited"]


def test_a_conflict_whose_replacement_went_out_can_be_called_credited(portal: Portal) -> None:
    """The truth comes first: the person has the points twice, and both rows are credited."""
    run = conflict_run(portal)
    again = portal.drain(approve(portal, replace_rows(portal, run)))
    assert portal.states(again) == ["credited"]
    call_credited(portal, run)
    run.refresh_from_db()
    old = Row.objects.get(batch_id=run.batch_id)
    assert (run.state, old.state, old.evidence, old.transaction_id) == ("settled", "credited", "people", "ECT1")


def test_a_conflict_that_is_called_credited_stops_the_replacement_that_was_not_planned(portal: Portal) -> None:
    run = conflict_run(portal)
    queued = approve(portal, replace_rows(portal, run))
    call_credited(portal, run)
    portal.drain(queued)
    assert (queued.state, queued.pause_code, portal.states(queued)) == ("paused", "impossible", ["pending"])


def test_an_open_decision_comes_first(portal: Portal) -> None:
    portal.sim.faults.push(kind="already_exists_first")
    run = portal.drain(portal.approved_run(rows=1))
    portal.drain_after(run, minutes=16)
    open_proposal(rows=(Row.objects.get(),))
    with pytest.raises(StateConflict, match="waits for a second person"):
        replace_rows(portal, run)


def test_a_row_is_replaced_after_the_quiet_time(portal: Portal) -> None:
    portal.sim.faults.push(kind="insufficient_mid", index=0)
    run = portal.drain(portal.approved_run(rows=1))
    with pytest.raises(StateConflict, match="quiet time"):
        replace_rows(portal, run)


def test_only_admins_replace_and_only_some_rows(portal: Portal) -> None:
    run = failed_run(portal)
    with pytest.raises(NotAllowed, match="role admin"):
        replacing.replace_rows(portal.approver, batch_id=run.batch_id, numbers=[2], form_key=uuid4())
    for numbers in ([], list(range(2, 103))):
        with pytest.raises(InvalidInput, match="Choose 1 to 100 rows"):
            replacing.replace_rows(portal.maker, batch_id=run.batch_id, numbers=numbers, form_key=uuid4())


def test_a_replacement_can_wait_beside_a_list_of_the_same_people_and_points(
    portal: Portal, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SAME_LIST_BLOCK_DAYS = 0
    monkeypatch.setattr("allocations.services.submission.database_now", portal.clock)
    run = failed_run(portal)
    batch, old = replace_rows(portal, run), Row.objects.get(batch_id=run.batch_id)
    same = review_batch(ready=0)
    RowFactory(batch=same, number=2, mobile=old.mobile, amount=old.amount)
    submit_batch(portal.maker, batch_id=recount(same).pk, answer=Answer("Twice is meant", frozenset({run.batch_id})))
    assert submit_batch(portal.maker, batch_id=batch.pk).state == "submitted"
