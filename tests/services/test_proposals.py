"""What EnKash's answers do not settle, two people do."""

from dataclasses import replace
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from allocations.domain.decisions import Decision
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.models import Attempt, Chunk, ExceptionOwner, Proposal, Row, Run, TrailEntry
from allocations.services import proposals, reruns, runs
from allocations.services.proposals import Said
from tests.factories.lists import RowFactory
from tests.factories.people import UserFactory, known
from tests.services.conftest import Portal
from tests.services.invariants import check_counters, check_invariants

pytestmark = pytest.mark.django_db
FILE = b"EnKash's statement"


@pytest.fixture(autouse=True)
def same_clock(monkeypatch: pytest.MonkeyPatch, portal: Portal) -> None:
    monkeypatch.setattr(proposals, "database_now", portal.clock)


def given_up(portal: Portal, *, rows: int = 1, kind: str = "error_before", **fields) -> Run:
    """A run whose rows are unknown and which nothing resolves by itself."""
    portal.sim.faults.push(kind=kind, times=50)
    portal.sim.faults.push(kind="lookup_empty", times=50)
    run = portal.approved_run(rows=rows, is_points_allocation=False, **fields)
    for _ in range(8):
        portal.drain_after(run, minutes=16)
        if run.state == "paused":
            runs.resume_run(portal.maker, run_id=run.pk)
    assert run.state == "attention"
    portal.sim.faults.clear()
    return run


def disputed(portal: Portal, kind: str) -> Run:
    portal.sim.faults.push(kind=kind)
    run = portal.drain(portal.approved_run(rows=1))
    for _ in range(3):
        if run.state == "paused":
            runs.resume_run(portal.maker, run_id=run.pk)
        portal.drain_after(run, minutes=16)
    assert run.state == "attention"
    return run


def said(decision: str = "credited", ids=None, **fields) -> Said:
    given = {"statement": "As on EnKash's statement of today.", "form_key": uuid4()}
    return Said(decision=Decision(decision), transaction_ids=ids or {2: "ECT1"}, **{**given, **fields})


def propose(portal: Portal, run: Run, what: Said | None = None, *, file: bytes | None = None) -> Proposal:
    content = None if file is None else ContentFile(file, name="statement.pdf")
    return proposals.propose(portal.maker, batch_id=run.batch_id, said=what or said(), file=content)


def test_a_confirmed_credit_concludes_row_chunk_and_run(portal: Portal) -> None:
    run = given_up(portal, kind="error_after")
    (entry,) = portal.sim.ledger.entries
    proposal = propose(portal, run, said(ids={2: entry.transaction_id}))
    assert portal.states(run) == ["unknown"]
    proposals.confirm(portal.approver, proposal_id=proposal.pk)
    run.refresh_from_db()
    row = Row.objects.get()
    assert (run.state, row.state, row.evidence, row.credited_amount) == ("settled", "credited", "people", 100)
    assert portal.credited(run) == portal.ledger()
    assert (Attempt.objects.get().state, Chunk.objects.get().state) == ("resolved", "done")
    assert run.summary["credited"] == 1
    check_invariants(portal)


def test_a_confirmed_failure_is_free_for_a_re_run(portal: Portal) -> None:
    run = given_up(portal)
    proposal = propose(portal, run, said("failed", {2: ""}), file=FILE)
    proposals.confirm(portal.approver, proposal_id=proposal.pk)
    assert portal.states(run) == ["failed"]
    assert Row.objects.get().reason_code == "decided_by_people"
    again = portal.drain(reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert (again.state, portal.states(run)) == ("settled", ["credited"])
    check_invariants(portal)


def test_a_re_run_of_what_people_called_failed_takes_no_duplicate_for_a_credit(portal: Portal) -> None:
    """EnKash refuses the reference: our earlier call proves nothing, for people had called it without effect."""
    run = disputed(portal, "already_exists_first")
    assert portal.states(run) == ["conflict"]
    proposals.confirm(portal.approver, proposal_id=propose(portal, run, said("failed", {2: ""}), file=FILE).pk)
    portal.sim.faults.push(kind="already_exists_first")
    again = portal.drain(reruns.rerun_failed_rows(portal.maker, batch_id=run.batch_id))
    assert (again.state, portal.states(run)) == ("running", ["unknown"])


def test_an_anomaly_keeps_the_amount_that_enkash_reported(portal: Portal) -> None:
    run = disputed(portal, "amount_misreported")
    reported = Row.objects.get().credited_amount
    (entry,) = portal.sim.ledger.entries
    proposals.confirm(portal.approver, proposal_id=propose(portal, run, said(ids={2: entry.transaction_id})).pk)
    row = Row.objects.get()
    assert (row.state, row.credited_amount, row.transaction_id) == ("credited", reported, entry.transaction_id)
    assert reported != row.amount
    check_counters()


def test_a_credit_without_an_id_needs_no_more_look_ups(portal: Portal) -> None:
    run = given_up(portal)
    proposals.confirm(portal.approver, proposal_id=propose(portal, run, said(ids={2: ""}), file=FILE).pk)
    run.refresh_from_db()
    assert (run.state, Row.objects.get().transaction_id) == ("settled", None)


def test_some_rows_decided_leave_the_run_waiting_for_the_rest(portal: Portal) -> None:
    run = given_up(portal, rows=2)
    proposals.confirm(portal.approver, proposal_id=propose(portal, run, said("failed", {3: ""}), file=FILE).pk)
    run.refresh_from_db()
    assert (run.state, portal.states(run)) == ("attention", ["unknown", "failed"])
    check_invariants(portal)


def test_rows_that_never_went_out_are_sent_once_the_doubt_is_gone(portal: Portal) -> None:
    run = given_up(portal, rows=2)
    Row.objects.filter(number=3).update(state="pending", tries=0, outcome_at=None)
    proposals.confirm(portal.approver, proposal_id=propose(portal, run, said("failed", {2: ""}), file=FILE).pk)
    run.refresh_from_db()
    assert run.state == "running"
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["failed", "credited"])


def test_a_paused_run_stays_paused(portal: Portal) -> None:
    portal.sim.faults.push(kind="amount_misreported")
    run = portal.drain(portal.approved_run(rows=1))
    assert run.state == "paused"
    (entry,) = portal.sim.ledger.entries
    portal.clock.forward(minutes=16)
    proposals.confirm(portal.approver, proposal_id=propose(portal, run, said(ids={2: entry.transaction_id})).pk)
    run.refresh_from_db()
    assert (run.state, portal.states(run)) == ("paused", ["credited"])
    runs.resume_run(portal.maker, run_id=run.pk)
    assert portal.drain(run).state == "settled"


def test_the_same_form_twice_makes_one_proposal_and_a_second_confirm_changes_nothing(portal: Portal) -> None:
    run = given_up(portal)
    what = said()
    first = propose(portal, run, what)
    assert propose(portal, run, what) == first
    proposals.confirm(portal.approver, proposal_id=first.pk)
    proposals.confirm(portal.approver, proposal_id=first.pk)
    assert TrailEntry.objects.filter(event="decision confirmed").count() == 1
    assert propose(portal, run, what) == first


def test_a_row_waits_for_one_decision_at_a_time(portal: Portal) -> None:
    run = given_up(portal)
    first = propose(portal, run)
    with pytest.raises(StateConflict, match="open already"):
        propose(portal, run, said("failed", {2: "ECT9"}))
    proposals.withdraw(portal.maker, proposal_id=first.pk)
    propose(portal, run, said("failed", {2: "ECT9"}))


def test_a_refused_proposal_changes_no_row_and_says_why(portal: Portal) -> None:
    run = given_up(portal)
    proposal = propose(portal, run)
    with pytest.raises(InvalidInput, match="reason is empty"):
        proposals.refuse(portal.approver, proposal_id=proposal.pk, reason=" ")
    proposals.refuse(portal.approver, proposal_id=proposal.pk, reason="The id is of another day.")
    proposals.refuse(portal.approver, proposal_id=proposal.pk, reason="The id is of another day.")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reason) == ("refused", "The id is of another day.")
    assert portal.states(run) == ["unknown"]
    with pytest.raises(StateConflict, match="rejected” already"):
        proposals.confirm(portal.approver, proposal_id=proposal.pk)


def test_nobody_decides_alone(portal: Portal) -> None:
    run = given_up(portal)
    both = known(UserFactory(roles=("admin", "approver")))
    proposal = proposals.propose(both, batch_id=run.batch_id, said=said())
    for act in (proposals.confirm, lambda who, proposal_id: proposals.refuse(who, proposal_id=proposal_id, reason="x")):
        with pytest.raises(NotAllowed, match="You proposed"):
            act(both, proposal_id=proposal.pk)
    with pytest.raises(NotAllowed, match="proposed this decision can withdraw"):
        proposals.withdraw(portal.approver, proposal_id=proposal.pk)


@pytest.mark.parametrize("role", ["auditor", "owner"])
def test_who_only_reads_proposes_nothing(portal: Portal, role: str) -> None:
    run = given_up(portal)
    with pytest.raises(NotAllowed, match="admin or approver"):
        proposals.propose(known(UserFactory(roles=(role,))), batch_id=run.batch_id, said=said())


def test_a_transaction_of_another_row_proves_nothing(portal: Portal) -> None:
    other = portal.drain(portal.approved_run(rows=1))
    taken = Row.objects.get(batch_id=other.batch_id).transaction_id
    run = given_up(portal)
    with pytest.raises(StateConflict, match=f"Transaction {taken} belongs to row 2 of batch {other.batch_id}"):
        propose(portal, run, said(ids={2: taken}))


def test_a_transaction_that_another_row_got_meanwhile_stops_the_confirmation(portal: Portal) -> None:
    run = given_up(portal)
    proposal = propose(portal, run, said(ids={2: "ECT77"}))
    RowFactory(number=9, transaction_id="ECT77")
    with pytest.raises(StateConflict, match="belongs to row 9"):
        proposals.confirm(portal.approver, proposal_id=proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.state, portal.states(run)) == ("open", ["unknown"])


def test_unknown_rows_that_are_still_looked_up_are_not_for_people(portal: Portal) -> None:
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=1))
    with pytest.raises(StateConflict, match="still being looked up by itself"):
        propose(portal, run)


def test_failed_waits_for_the_quiet_time(portal: Portal) -> None:
    run = given_up(portal)
    Chunk.objects.update(quiet_since=portal.clock())
    with pytest.raises(StateConflict, match="quiet time"):
        propose(portal, run, said("failed", {2: "ECT1"}))
    portal.clock.forward(minutes=15)
    propose(portal, run, said("failed", {2: "ECT1"}))


def test_a_row_that_settled_itself_meanwhile_is_not_overruled(portal: Portal) -> None:
    """A resume looks the row up again: what EnKash then says is stronger than what was proposed."""
    run = given_up(portal, kind="error_after")
    proposal = propose(portal, run, said("failed", {2: "ECT5"}))
    runs.resume_run(portal.maker, run_id=run.pk)
    portal.drain_after(run, minutes=16)
    assert portal.states(run) == ["credited"]
    with pytest.raises(StateConflict, match="is “credited” by now"):
        proposals.confirm(portal.approver, proposal_id=proposal.pk)


def test_a_chunk_in_a_workers_hands_is_left_alone(portal: Portal) -> None:
    run = given_up(portal)
    proposal = propose(portal, run)
    Chunk.objects.update(lease_expires_at=portal.clock() + portal.gateway.timing.lease)
    with pytest.raises(StateConflict, match="this moment"):
        proposals.confirm(portal.approver, proposal_id=proposal.pk)


def test_the_evidence_file_is_kept_with_its_hash(portal: Portal) -> None:
    run = given_up(portal)
    proposal = propose(portal, run, said(ids={2: ""}, file_name="../statement.pdf"), file=FILE)
    proposal.refresh_from_db()
    with proposal.file.open() as stored:
        assert stored.read() == FILE
    assert (proposal.file_name, proposal.file_size) == ("statement.pdf", len(FILE))
    assert proposal.file_sha256 == TrailEntry.objects.get(event="decision proposed").data["file_sha256"]
    assert "statement" not in proposal.file.name


@pytest.mark.parametrize(("content", "sentence"), [(b"", "is empty"), (b"x" * (10 * 2**20 + 1), "the limit is")])
def test_a_file_that_is_no_evidence(portal: Portal, content: bytes, sentence: str) -> None:
    run = given_up(portal)
    with pytest.raises(InvalidInput, match=sentence):
        propose(portal, run, said(ids={2: ""}), file=content)


def test_things_that_do_not_exist(portal: Portal) -> None:
    run = given_up(portal)
    with pytest.raises(InvalidInput, match="has no row 900"):
        propose(portal, run, said(ids={900: "ECT1"}))
    for act in (proposals.confirm, proposals.withdraw):
        with pytest.raises(InvalidInput, match="no decision 900"):
            act(portal.approver, proposal_id=900)


def test_a_proposal_of_somebody_elses_form_is_not_returned(portal: Portal) -> None:
    run = given_up(portal)
    what = said()
    propose(portal, run, what)
    with pytest.raises(StateConflict, match="open already"):
        proposals.propose(portal.approver, batch_id=run.batch_id, said=replace(what))


def test_who_looked_after_a_decided_row_no_longer_does(portal: Portal) -> None:
    run = given_up(portal)
    ExceptionOwner.objects.create(row=Row.objects.get(), owner_id=portal.maker.id, taken_at=portal.clock())
    proposals.confirm(portal.approver, proposal_id=propose(portal, run).pk)
    assert not ExceptionOwner.objects.exists()
