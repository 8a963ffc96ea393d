"""The command that asks EnKash what only reads, and what it says of an EnKash that has changed."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.server import Simulator
from allocations.models import Account, Attempt, ContractDifference, EnkashToken
from allocations.services import answering
from tests.factories.contract import mark_all
from tests.services.conftest import make_portal

pytestmark = pytest.mark.django_db


@pytest.fixture
def sim(settings):
    with Simulator(profile="clean", seed=1) as simulator:
        settings.ENKASH_API_URL = settings.ENKASH_TOKEN_URL = simulator.url
        settings.ENKASH_CLIENT_SECRET = demo.CLIENT_SECRET
        yield simulator


@pytest.fixture
def account(sim) -> Account:
    return Account.objects.create(
        name="Diwali", company_id=demo.COMPANY_ID, card_account_id=demo.CARD_ACCOUNT_ID, chunk_size=50
    )


def said(*words: str) -> tuple[bool, str]:
    """Whether it ends well, and what it writes."""
    out = StringIO()
    try:
        call_command("contract_check", *words, stdout=out)
    except CommandError:
        return False, out.getvalue()
    return True, out.getvalue()


def test_an_enkash_as_documented_is_in_order_and_no_point_moves(sim, account) -> None:
    well, text = said("--strict")
    assert well, text
    assert text.splitlines() == [
        "ok     Login",
        "ok     Account details of Diwali",
        "ok     Look-up in Diwali, 0 listed",
    ]
    assert sim.ledger.entries == []
    assert "bulk" not in sim.control.state()["requests"]


def test_what_breaks_is_told_and_ends_with_1(sim, account) -> None:
    sim.faults.push(kind="field_renamed", endpoint="account", field="availableBalance", to="balance")
    well, text = said()
    assert not well
    assert "wrong  Account details of Diwali" in text
    assert "breaks: EnKash's answer to the question for the account no longer has the field “availableBalance”" in text
    assert ContractDifference.objects.filter(breaking=True).count() == 1


def test_what_is_known_or_news_ends_well_unless_it_is_to_be_strict(sim, account) -> None:
    sim.control.change(drift="extended")
    well, text = said()
    assert well
    assert "look   Account details of Diwali" in text
    assert "news: EnKash's answer to the question for the account has a field that is not documented" in text
    assert said("--strict")[0] is False


def test_a_refused_login_is_tried_once_and_asks_nothing_more(sim, account, settings) -> None:
    settings.ENKASH_PASSWORD = "wrong"
    well, text = said()
    assert (well, text.count("wrong  Login"), "Account details" in text) == (False, 1, False)
    assert EnkashToken.objects.get().failures == 1


def test_a_known_reference_shows_how_a_transaction_is_listed(sim, db) -> None:
    portal = make_portal(sim)
    run = portal.drain(portal.approved_run(rows=1))
    (reference,) = portal.ledger()
    well, text = said("--reference", reference)
    assert well
    assert "1 listed" in text
    sim.control.change(drift="renamed")
    well, text = said("--reference", reference)
    assert not well
    assert "no longer has the field “pgReferenceNumber”" in text
    mark_all("known")
    assert said("--reference", reference)[0] is True
    assert run.state == "settled"


def test_recorded_answers_are_compared_again_and_not_counted(sim, db) -> None:
    portal = make_portal(sim)
    sim.control.change(drift="renamed")
    portal.drain(portal.approved_run(rows=2))
    before = list(ContractDifference.objects.values_list("pk", "count"))
    calls = sim.control.state()["requests"]
    well, text = said("--recorded")
    assert not well
    assert "wrong  Recorded answers, bulk: 1" in text
    assert "breaks: EnKash's answer to the bulk call no longer has the field “enkashCardTxnId”" in text
    assert list(ContractDifference.objects.values_list("pk", "count")) == before
    assert sim.control.state()["requests"] == calls
    assert answering.raw_answer(Attempt.objects.get()).status == 200
