from datetime import UTC, datetime, timedelta

import pytest

from allocations.models import Account, Lane, TrailEntry
from tests.factories.lists import AccountFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NEW = {"name": "Wellness fund", "company_id": "CEK1", "card_account_id": "CA1ZS96", "chunk_size": "50", "lanes": "1"}


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
        ({"lanes": "17"}, "Choose a number from 1 to 16."),
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


def lanes_of(account):
    return Lane.objects.filter(account=account).count()


def test_owner_adds_an_account_with_lanes_and_changes_them(owner):
    owner.post("/accounts/", NEW | {"lanes": "4"})
    account = Account.objects.get()
    assert lanes_of(account) == 4
    response = owner.post(f"/accounts/{account.pk}/lanes/", {"lanes": "2"}, follow=True)
    assert (lanes_of(account), "“Wellness fund” has 2 lanes now." in response.text) == (2, True)
    assert '<option value="2" selected>2</option>' in response.text
    owner.post(f"/accounts/{account.pk}/lanes/", {"lanes": "2"})
    assert TrailEntry.objects.filter(event="lanes changed").count() == 1


@pytest.mark.parametrize("lanes", ["0", "17", "two", ""])
def test_impossible_number_of_lanes_is_refused(owner, lanes):
    account = AccountFactory()
    response = owner.post(f"/accounts/{account.pk}/lanes/", {"lanes": lanes})
    assert (response.status_code, "Choose a number of lanes from 1 to 16." in response.text) == (422, True)


def test_lane_with_a_call_on_it_is_not_closed(owner):
    owner.post("/accounts/", NEW | {"lanes": "2"})
    Lane.objects.filter(number=2).update(lease_expires_at=datetime.now(UTC) + timedelta(minutes=5))
    response = owner.post(f"/accounts/{Account.objects.get().pk}/lanes/", {"lanes": "1"})
    assert (response.status_code, "has a call on the way. Nothing was changed." in response.text) == (409, True)


@pytest.mark.parametrize("role", ["admin", "approver", "auditor"])
def test_others_see_lanes_but_change_none(client, role):
    account = AccountFactory()
    Lane.objects.create(account=account, number=1)
    client.force_login(person(role))
    text = client.get("/accounts/").text
    assert (f"{account.name}: 1 lane" in text, "Change" in text) == (True, False)
    assert client.post(f"/accounts/{account.pk}/lanes/", {"lanes": "2"}).status_code == 403


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


def test_owner_removes_an_account_without_batches(owner):
    account = AccountFactory(name="Wrong")
    text = owner.get("/accounts/").text
    assert ("Not used yet" in text, f"/accounts/{account.pk}/remove/" in text) == (True, True)
    text = owner.post(f"/accounts/{account.pk}/remove/", follow=True).text
    assert ("“Wrong” is removed." in text, f"/accounts/{account.pk}/remove/" in text) == (True, False)
