"""People who decide at the same time: one decision counts, and everybody learns which."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from allocations.domain.decisions import Decision
from allocations.domain.policy import Actor
from allocations.models import Proposal, Replacement, Row, TrailEntry
from allocations.services import proposals, replacing, reruns, runs
from allocations.services.proposals import Said
from tests.at_once import at_once
from tests.factories.batches import approved_batch
from tests.factories.decisions import open_proposal
from tests.factories.people import known, person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting() -> Row:
    batch = approved_batch(run_state="attention", unknown=1, conflict=1)
    batch.runs.get().chunks.update(state="people")
    return batch.rows.get(state="unknown")


def approvers(count: int) -> list[Actor]:
    return [known(person("approver")) for _ in range(count)]


def test_one_of_two_who_confirm_and_refuse_is_told_that_it_is_decided(waiting: Row) -> None:
    proposal = open_proposal(rows=(waiting,))
    first, second = approvers(2)
    said = at_once(
        lambda: proposals.confirm(first, proposal_id=proposal.pk),
        lambda: proposals.refuse(second, proposal_id=proposal.pk, reason="Another day."),
    )
    proposal.refresh_from_db()
    waiting.refresh_from_db()
    assert said.count("ok") == 1
    assert any("already, by" in sentence for sentence in said)
    expected = ("confirmed", "credited") if said[0] == "ok" else ("refused", "unknown")
    assert (proposal.state, waiting.state) == expected


def test_a_withdrawal_and_a_confirmation_do_not_both_count(waiting: Row) -> None:
    proposer = person("admin")
    proposal = open_proposal(rows=(waiting,), proposed_by=proposer)
    (approver,) = approvers(1)
    said = at_once(
        lambda: proposals.confirm(approver, proposal_id=proposal.pk),
        lambda: proposals.withdraw(known(proposer), proposal_id=proposal.pk),
    )
    proposal.refresh_from_db()
    assert said.count("ok") == 1
    assert proposal.state == ("confirmed" if said[0] == "ok" else "withdrawn")


def test_a_double_click_confirms_once(waiting: Row) -> None:
    proposal = open_proposal(rows=(waiting,))
    (approver,) = approvers(1)
    act = lambda: proposals.confirm(approver, proposal_id=proposal.pk)  # noqa: E731 - the same act four times
    assert at_once(act, act, act, act) == ["ok"] * 4
    assert TrailEntry.objects.filter(event="decision confirmed").count() == 1


@pytest.mark.parametrize("same_form", [True, False])
def test_two_who_propose_for_one_row_make_one_proposal(waiting: Row, same_form: bool) -> None:
    key, people = uuid4(), [known(person("admin")) for _ in range(2)]

    def propose(actor: Actor) -> Proposal:
        form_key = key if same_form else uuid4()
        said = Said(Decision.CREDITED, "On the statement.", {waiting.number: "ECT1"}, form_key)
        return proposals.propose(actor, batch_id=waiting.batch_id, said=said)

    first, second = (people[0], people[0]) if same_form else people
    said = at_once(lambda: propose(first), lambda: propose(second))
    assert Proposal.objects.count() == 1
    assert said.count("ok") == (2 if same_form else 1)


def test_two_decisions_of_one_run_settle_it_together(waiting: Row) -> None:
    other = waiting.batch.rows.get(state="conflict")
    first = open_proposal(rows=(waiting,))
    second = open_proposal(rows=(other,), transaction_id="ECT2")
    one, two = approvers(2)
    said = at_once(
        lambda: proposals.confirm(one, proposal_id=first.pk), lambda: proposals.confirm(two, proposal_id=second.pk)
    )
    run = waiting.batch.runs.get()
    assert said == ["ok", "ok"]
    assert (run.state, run.summary["credited"], run.chunks.get().state) == ("settled", 2, "done")


def test_a_resume_and_a_confirmation_do_not_wait_for_each_other(waiting: Row) -> None:
    proposal = open_proposal(rows=(waiting,))
    run, admin, (approver,) = waiting.batch.runs.get(), known(person("admin")), approvers(1)
    said = at_once(
        lambda: proposals.confirm(approver, proposal_id=proposal.pk), lambda: runs.resume_run(admin, run_id=run.pk)
    )
    waiting.refresh_from_db()
    assert (said, waiting.state) == (["ok", "ok"], "credited")


@pytest.mark.parametrize("rival", ["replacement", "re-run"])
def test_a_row_is_replaced_once_or_run_again_but_not_both(rival: str) -> None:
    batch = approved_batch(failed=1)
    quiet = SimpleNamespace(client=SimpleNamespace(find_transactions=lambda *_, **__: ()), clock=timezone.now)
    first, second = (known(person("admin")) for _ in range(2))

    def replace(actor: Actor) -> None:
        replacing.replace_rows(actor, batch_id=batch.pk, numbers=[2], form_key=uuid4(), gateway=quiet)

    other = {
        "replacement": lambda: replace(second),
        "re-run": lambda: reruns.rerun_failed_rows(second, batch_id=batch.pk),
    }[rival]
    said = at_once(lambda: replace(first), other)
    assert said.count("ok") == 1, said
    rerun = batch.runs.filter(generation=2).exists()
    assert (Replacement.objects.count(), rerun) == ((0, True) if rival == "re-run" and said[1] == "ok" else (1, False))
