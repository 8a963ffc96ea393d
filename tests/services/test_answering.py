"""Stored answers: applied once, read again without effect, and hostile figures."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Evidence, Outcome
from allocations.enkash.simulator.ledger import Ledger
from allocations.models import Account, Attempt, EnkashToken, Row, TrailEntry
from allocations.services import accounts, answering, balances, outcomes
from tests.factories.people import actor
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


def test_apply_answer_twice_is_the_same_as_once(portal: Portal) -> None:
    """F57."""
    portal.drain(portal.approved_run(rows=2))
    before = list(Row.objects.order_by("pk").values()), TrailEntry.objects.count()
    answering.apply_answer(Attempt.objects.get().pk, gateway=portal.gateway)
    assert (list(Row.objects.order_by("pk").values()), TrailEntry.objects.count()) == before


@pytest.mark.parametrize("field", ["card_id", "user_id", "transaction_id"])
def test_ids_and_figures_that_no_column_holds_do_not_stop_the_run(portal: Portal, field: str) -> None:
    run = portal.approved_run(rows=1)
    verdict = Verdict(
        Row.objects.get().pk,
        Outcome.ANOMALY,
        amount=Decimal(10) ** 19,
        account_balance=Decimal("-1e17"),
        user_balance=Decimal("99.999"),
        **{field: "x" * 64},
    )
    Row.objects.update(state="sending")
    assert outcomes.apply_verdicts([verdict], now=portal.clock()) == 1
    row = Row.objects.get(batch_id=run.batch_id)
    assert (row.credited_amount, row.account_balance, row.user_balance) == (None, None, Decimal("100.00"))


def test_a_balance_that_no_column_holds_is_not_believed(portal: Portal, monkeypatch) -> None:
    run = portal.approved_run(rows=1)
    entry = Verdict(Row.objects.get().pk, Outcome.CREDITED, account_balance=Decimal("9999999999999999.999"))
    answering._note_balance(portal.account, [entry], now=portal.clock(), late=False)
    portal.account.refresh_from_db()
    assert portal.account.balance is None
    monkeypatch.setattr(type(portal.gateway.client), "account_details", lambda *_, **__: _Rich)
    portal.drain(run)
    assert (run.state, portal.states(run)) == ("running", ["pending"])


@pytest.mark.parametrize(("lanes", "notes"), [(1, 1), (2, 0)])
def test_points_that_others_move_during_a_call_are_noted(portal: Portal, monkeypatch, lanes: int, notes: int) -> None:
    """V17. With two lanes the others are our own calls."""
    accounts.set_lanes(actor("owner"), account_id=portal.account.pk, lanes=lanes)
    credit, account = Ledger.credit, next(iter(portal.sim.ledger.accounts.values()))

    def spend_and_credit(*args, **kwargs):
        account.balance -= 5
        return credit(*args, **kwargs)

    monkeypatch.setattr(Ledger, "credit", spend_and_credit)
    run = portal.drain(portal.approved_run(rows=2))
    assert run.state == "settled"
    noted = Attempt.objects.get().notes
    assert len(noted) == notes
    assert all("1 of 1 steps differ, 5 points" in note for note in noted)


class _Rich:
    available_balance = Decimal(10) ** 20


def test_apply_verdicts_counts_changed_rows_only(portal: Portal) -> None:
    run = portal.drain(portal.approved_run(rows=2))
    first, second = Row.objects.filter(batch_id=run.batch_id).values_list("pk", flat=True)
    verdicts = [Verdict(pk, Outcome.CREDITED, Evidence.LOOK_UP, amount=Decimal(1)) for pk in (first, second)]
    failures = [Verdict(pk, Outcome.FAILED, Evidence.ANSWER) for pk in (first, second)]
    assert outcomes.apply_verdicts([*verdicts, *failures], now=portal.clock()) == 0
    assert portal.states(run) == ["credited"] * 2


def test_one_transaction_id_is_never_stored_twice(portal: Portal) -> None:
    portal.drain(portal.approved_run(rows=2))
    first, second = Row.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        Row.objects.filter(pk=second.pk).update(transaction_id=first.transaction_id)


def test_a_transaction_id_used_in_an_earlier_run_stops_this_one(portal: Portal) -> None:
    portal.drain(portal.approved_run(rows=1))
    taken = Row.objects.get().transaction_id
    portal.sim.faults.push(kind="txn_reused", index=0, transaction_id=taken)
    run = portal.drain(portal.approved_run(rows=1))
    assert (run.pause_code, portal.states(run)) == ("impossible", ["anomaly"])
    check_invariants(portal)


@pytest.mark.parametrize("status", [400, 401])
def test_a_token_that_enkash_does_not_accept_is_replaced(portal: Portal, status: int) -> None:
    """F35."""
    if status == 401:
        portal.sim.faults.push(kind="unauthorized")
    else:
        portal.sim.faults.push(kind="whole_refusal", status=400)
    portal.drain(portal.approved_run(rows=1))
    kept = EnkashToken.objects.get().value is not None
    assert (kept, portal.sim.control.state()["tokens_issued"]) == ((True, 2) if status == 401 else (False, 1))


def test_the_balance_is_read_once_and_then_taken_from_the_answers(portal: Portal) -> None:
    portal.drain(portal.approved_run(rows=6))
    assert portal.sim.control.state()["requests"]["account"] == 1
    account = Account.objects.get()
    assert account.balance == portal.sim.ledger.accounts[account.company_id, account.card_account_id].balance


def test_the_balance_is_read_again_when_it_is_old(portal: Portal) -> None:
    balances.balance_for_sending(portal.account.pk, gateway=portal.gateway)
    portal.clock.forward(minutes=5, microseconds=1)
    balances.balance_for_sending(portal.account.pk, gateway=portal.gateway)
    balances.balance_for_sending(portal.account.pk, gateway=portal.gateway)
    assert portal.sim.control.state()["requests"]["account"] == 2


def test_refresh_balance_tells_what_kept_it(portal: Portal, monkeypatch) -> None:
    monkeypatch.setattr(balances.gateways, "build", lambda: portal.gateway)
    assert balances.refresh_balance(portal.maker, account_id=portal.account.pk).balance is not None
    portal.sim.faults.push(kind="balance_down")
    with pytest.raises(
        balances.BalanceUnavailable, match=r"^EnKash did not tell the balance: .* The last reading stays\.$"
    ):
        balances.refresh_balance(portal.maker, account_id=portal.account.pk)
    with pytest.raises(balances.InvalidInput):
        balances.refresh_balance(portal.maker, account_id=0)
