"""EnKash's answers change under a run: what breaks pauses it and is named, what is only news is counted."""

from dataclasses import replace

import pytest
from django.db import DatabaseError

from allocations.domain.errors import NotAllowed, StateConflict
from allocations.domain.policy import Role
from allocations.gateway.contract_watch import ContractWatch
from allocations.models import Attempt, ContractDifference, Row, Run, TrailEntry
from allocations.services import answering, contract, runs
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from tests.factories.batches import recount
from tests.factories.contract import mark_all
from tests.factories.lists import RowFactory
from tests.factories.people import UserFactory, known
from tests.factories.samples import open_sample
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants, check_trail

pytestmark = pytest.mark.django_db


def run_for(portal: Portal, *names: str) -> Run:
    """An approved run for people of these names."""
    batch = portal.review_batch(rows=0)
    for number, name in enumerate(names, 2):
        RowFactory(batch=batch, number=number, amount=100, name=name)
    batch = submit_batch(portal.maker, batch_id=recount(batch).pk)
    open_sample(portal.approver, batch)
    return approve_batch(portal.approver, batch_id=batch.pk, version=batch.version, digest=batch.digest)


def seen() -> set[tuple[str, str, str, bool]]:
    """Call, kind, last name of the path, whether it breaks."""
    return {(one.call, one.kind, one.path.rpartition(".")[2], one.breaking) for one in ContractDifference.objects.all()}


def last_try(portal: Portal, run: Run, *, rounds: int = 6) -> Run:
    for _ in range(rounds):
        portal.drain_after(run, minutes=16)
    return run


def test_an_enkash_as_documented_differs_in_nothing(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=5))
    portal.gateway.client.find_transactions(
        [row.reference for row in Row.objects.filter(batch_id=run.batch_id)],
        company_id=portal.account.company_id,
        card_account_id=portal.account.card_account_id,
    )
    assert not ContractDifference.objects.exists()


def test_a_renamed_field_pauses_the_run_and_is_named(portal: Portal) -> None:
    portal.sim.control.change(drift="renamed")
    run = portal.drain(portal.approved_run(rows=5))

    assert (run.state, run.pause_code) == ("paused", "contract")
    assert "EnKash's answer to the bulk call no longer has the field “enkashCardTxnId”" in run.pause_text
    assert Attempt.objects.count() == 1
    # The protocol's own state: a success line without a transaction id proves nothing.
    assert portal.states(run) == ["unknown"] * 2 + ["pending"] * 3
    assert seen() == {
        ("bulk", "missing_field", "enkashCardTxnId", True),
        ("bulk", "unknown_field", "transactionref", False),
    }
    assert ContractDifference.objects.filter(run=run, chunk__number=1).count() == 2
    assert TrailEntry.objects.get(event="answer drifted").data["differences"][0] in run.pause_text
    check_invariants(portal, at_rest=False)


def test_put_right_and_looked_at_the_run_goes_on_and_nobody_has_points_twice(portal: Portal) -> None:
    portal.sim.control.change(drift="renamed")
    run = portal.drain(portal.approved_run(rows=5))
    portal.sim.control.change(drift="none")
    with pytest.raises(StateConflict, match="EnKash contract"):
        runs.resume_run(portal.maker, run_id=run.pk)
    mark_all()
    runs.resume_run(portal.maker, run_id=run.pk)
    last_try(portal, run)

    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 5)
    assert portal.credited(run) == portal.ledger()
    check_invariants(portal)
    check_trail()


def test_a_drifted_look_up_sends_nothing_again(portal: Portal) -> None:
    """It finds nothing, which would be a reason to send the rows again if it were the documented answer."""
    portal.sim.faults.push(kind="error_after")
    run = portal.drain(portal.approved_run(rows=2))
    portal.sim.control.change(drift="renamed")
    portal.drain_after(run, minutes=16)

    assert (run.pause_code, portal.states(run)) == ("contract", ["unknown"] * 2)
    assert "the look-up of transactions no longer has the field “pgReferenceNumber”" in run.pause_text
    assert Attempt.objects.count() == 1
    portal.sim.control.change(drift="none")
    mark_all()
    runs.resume_run(portal.maker, run_id=run.pk)
    last_try(portal, run)
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())


@pytest.mark.parametrize(
    ("endpoint", "field", "said"),
    [("account", "availableBalance", "the question for the account"), ("token", "access_token", "the login")],
)
def test_a_drift_before_the_call_pauses_before_anything_is_sent(
    portal: Portal, endpoint: str, field: str, said: str
) -> None:
    portal.sim.faults.push(kind="field_renamed", endpoint=endpoint, field=field, to="other", times=9)
    run = portal.drain(portal.approved_run(rows=2))

    assert (run.state, run.pause_code) == ("paused", "contract")
    assert f"{said} no longer has the field “{field}”" in run.pause_text
    assert not Attempt.objects.exists()
    portal.sim.faults.clear()
    mark_all()
    runs.resume_run(portal.maker, run_id=run.pk)
    portal.drain_after(run, minutes=1)
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())


def test_what_is_only_news_lets_the_run_go_on_and_keeps_no_recipient(portal: Portal) -> None:
    portal.sim.control.change(drift="extended")
    run = portal.drain(run_for(portal, "Ravi Kumar", "Asha Rao", "Anil Das", "Meena Pillai"))

    assert run.state == "settled"
    assert sorted(portal.states(run)) == ["credited", "credited", "failed", "failed"]
    assert seen() == {
        ("account", "unknown_field", "accountmanager", False),
        ("bulk", "unknown_field", "loyaltytier", False),
        ("bulk", "unknown_text", "failureReason", False),
    }
    text = ContractDifference.objects.get(kind="unknown_text")
    assert (text.count, text.detail) == (2, "wallet of … # is dormant since # days")
    stored = " ".join(f"{one.path} {one.detail}" for one in ContractDifference.objects.all()).casefold()
    for row in Row.objects.all():
        assert not [word for word in (*row.name.split(), row.email, row.mobile) if word.casefold() in stored]


def test_a_known_difference_pauses_no_more_and_a_mended_one_does(portal: Portal) -> None:
    portal.sim.control.change(drift="renamed")
    first = portal.drain(portal.approved_run(rows=2))
    mark_all("known")
    runs.resume_run(portal.maker, run_id=first.pk)
    second = portal.drain(portal.approved_run(rows=2))
    assert (second.state, second.pause_code) == ("running", "")

    ContractDifference.objects.update(mark="mended")
    third = portal.drain(portal.approved_run(rows=2))
    assert third.pause_code == "contract"
    assert ContractDifference.objects.get(kind="missing_field").mark == "open"


def test_every_run_pauses_on_its_own_answers(portal: Portal) -> None:
    first = portal.drain(portal.approved_run(rows=2))
    portal.sim.control.change(drift="renamed")
    both = [portal.drain(portal.approved_run(rows=2)) for _ in range(2)]
    assert first.state == "settled"
    assert [run.pause_code for run in both] == ["contract", "contract"]
    assert set(ContractDifference.objects.values_list("count", flat=True)) == {2}


def test_a_grave_contradiction_is_shown_before_a_drift(portal: Portal) -> None:
    portal.sim.control.change(drift="renamed")
    portal.sim.faults.push(kind="other_account")
    run = portal.drain(portal.approved_run(rows=2))
    assert run.pause_code == "impossible"


def test_a_count_that_fails_changes_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("allocations.gateway.contract_watch._count", away)
    portal.sim.control.change(drift="extended")
    run = portal.drain(portal.approved_run(rows=3))
    assert (run.state, ContractDifference.objects.count()) == ("settled", 0)
    check_invariants(portal)


def test_a_worker_that_dies_before_it_counts_has_paused_the_run(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(BaseException):
        """What no except Exception catches."""

    def die(*_: object, **__: object) -> None:
        raise Died

    monkeypatch.setattr(ContractWatch, "count", die)
    portal.sim.control.change(drift="renamed")
    run = portal.approved_run(rows=4)
    with pytest.raises(Died):
        portal.drain(run)
    run.refresh_from_db()
    assert (run.state, run.pause_code, portal.states(run)) == ("paused", "contract", ["unknown"] * 2 + ["pending"] * 2)


def test_a_comparison_that_fails_changes_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr("allocations.gateway.contract_watch.differences", broken)
    run = portal.drain(portal.approved_run(rows=3))
    assert (run.state, portal.credited(run)) == ("settled", portal.ledger())


def test_an_answer_is_counted_once_however_often_it_is_read(portal: Portal) -> None:
    portal.sim.control.change(drift="extended")
    portal.drain(portal.approved_run(rows=2))
    for attempt in Attempt.objects.all():
        answering.apply_answer(attempt.pk, gateway=portal.gateway)
    assert set(ContractDifference.objects.filter(call="bulk").values_list("count", flat=True)) == {1}


def test_only_an_owner_marks_and_says_why(portal: Portal) -> None:
    portal.sim.control.change(drift="renamed")
    portal.drain(portal.approved_run(rows=2))
    one = ContractDifference.objects.get(breaking=True)
    with pytest.raises(NotAllowed):
        contract.mark_difference(portal.maker, difference_id=one.pk, mark="known", reason="Fine.")
    owner = known(UserFactory(roles=(Role.OWNER.value,)))
    contract.mark_difference(owner, difference_id=one.pk, mark="known", reason="EnKash announced it.")
    entry = TrailEntry.objects.get(event="difference marked")
    assert (entry.actor_id, entry.data["reason"]) == (owner.id, "EnKash announced it.")
    assert "enkashCardTxnId" in entry.data["difference"]


def test_more_news_than_can_be_listed_is_counted_together(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allocations.gateway.contract_watch.MOST_STORED", 1)
    portal.sim.control.change(drift="extended")
    portal.drain(portal.approved_run(rows=2))
    portal.sim.control.change(drift="renamed")
    run = portal.drain(portal.approved_run(rows=2))
    assert run.pause_code == "contract"
    paths = set(ContractDifference.objects.filter(breaking=False).values_list("path", flat=True))
    assert "(more than can be listed)" in paths
    assert ContractDifference.objects.filter(breaking=True).exists()


def test_a_watch_forgets_what_another_run_heard(portal: Portal) -> None:
    watch = ContractWatch(clock=portal.clock)
    watch.listen_for(1)
    heard = replace(portal.gateway, watch=watch)
    portal.sim.faults.push(kind="field_renamed", endpoint="account", field="availableBalance", to="x")
    assert heard.watch.take_broken() == ()
