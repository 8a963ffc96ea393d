import pytest

from allocations.models import Account, Lane, TrailEntry
from tests.factories.lists import AccountFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NEW = {"name": "Wellness fund", "company_id": "CEK1", "card_account_id": "CA1ZS96", "chunk_size": "50"}


@pytest.fixture
def owner(client):
    client.force_login(person("owner"))
    return client


def test_owner_adds_an_account(owner):
    response = owner.post("/accounts/", NEW, follow=True)
    account = Account.objects.get()
    assert (account.name, account.card_account_id, Lane.objects.filter(account=account).count()) == (
        "Wellness fund",
        "CA1ZS96",
        1,
    )
    assert "“Wellness fund” is added." in response.text


def test_adding_twice_adds_once(owner):
    owner.post("/accounts/", NEW)
    response = owner.post("/accounts/", NEW)
    assert (response.status_code, "exists already. Choose another name." in response.text) == (422, True)
    assert (Account.objects.count(), TrailEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "Give the account a name that people will know it by."),
        ({"company_id": "CEK 1"}, "Only letters and digits, as EnKash wrote it."),
        ({"chunk_size": "0"}, "Below 1. Enter 1 to 1,000."),
    ],
)
def test_wrong_entry_comes_back_with_its_reason(owner, changes, words):
    response = owner.post("/accounts/", NEW | changes)
    assert (response.status_code, words in response.text, Account.objects.count()) == (422, True, 0)


@pytest.mark.parametrize("role", ["admin", "approver", "auditor"])
def test_others_see_accounts_but_add_none(client, role):
    AccountFactory(name="Employee rewards")
    client.force_login(person(role))
    text = client.get("/accounts/").text
    assert ("Employee rewards" in text, "Add the reward account" in text) == (True, False)
    assert client.post("/accounts/", NEW).status_code == 403


def test_balance_that_enkash_does_not_tell_stays_as_it_was(owner):
    account = AccountFactory(balance=1_000)
    response = owner.post(f"/accounts/{account.pk}/balance/", {"from": "accounts"}, follow=True)
    account.refresh_from_db()
    assert (account.balance, "EnKash did not tell the balance" in response.text) == (1_000, True)
    assert response.request["PATH_INFO"] == "/accounts/"


def test_balance_read_from_home_returns_home(owner):
    assert owner.post(f"/accounts/{AccountFactory().pk}/balance/", {"from": "home"}).url == "/"


def test_balance_of_no_account_is_refused(owner):
    response = owner.post("/accounts/999999/balance/")
    assert (response.status_code, "This reward account does not exist." in response.text) == (422, True)
