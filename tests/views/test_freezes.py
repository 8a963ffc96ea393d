"""The freeze switch: its page, its banner, and who may do what."""

import pytest
from django.urls import reverse

from allocations.models import Freeze, TrailEntry
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
PAGE = "/freeze/"


def act(client, who, name: str):
    client.force_login(who)
    return client.post(reverse(f"allocations:freeze-{name}", args=[Freeze.objects.first().pk]), follow=True)


@pytest.fixture
def frozen(client):
    who = person("approver", first_name="Asha", last_name="Rao")
    client.force_login(who)
    client.post(PAGE, {"reason": "EnKash called"})
    return who


def test_a_freeze_shows_on_every_page(client, frozen):
    client.force_login(person("auditor"))
    for page in ("home", "batches", "runs", "approvals", "accounts", "freeze"):
        text = client.get(reverse(f"allocations:{page}")).text
        assert "All sending is frozen." in text
        assert "Asha Rao froze all sending" in text
        assert "EnKash called" in text
        assert "No run and no reversal is sent." in text
        assert "Unknown rows are still looked up; unknown reversals wait for the release." in text


def test_no_banner_while_nothing_is_frozen(client):
    client.force_login(person("auditor"))
    text = client.get(PAGE).text
    assert "All sending is frozen." not in text
    assert "Nothing is frozen" in text
    assert "To freeze all sending you need the role approver or owner." in text


def test_the_page_says_what_a_freeze_stops(client):
    client.force_login(person("owner"))
    text = client.get(PAGE).text
    assert "A freeze stops the sending of every run and every reversal at once." in text
    assert "Unknown rows are still looked up; unknown reversals wait for the release." in text


def test_a_reason_is_asked_for(client):
    client.force_login(person("owner"))
    answer = client.post(PAGE, {"reason": " "})
    assert (answer.status_code, "Say why sending is to stop" in answer.text) == (422, True)
    assert not Freeze.objects.exists()


def test_freezing_twice_is_freezing_once(client, frozen):
    told = client.post(PAGE, {"reason": "again"}, follow=True).text
    assert "Sending was frozen already: Asha Rao froze all sending" in told
    assert "“EnKash called” Your reason is not stored." in told
    assert list(Freeze.objects.values_list("reason", flat=True)) == ["EnKash called"]


def test_one_proposes_and_another_confirms(client, frozen):
    other = person("owner", first_name="Ravi", last_name="Nair")
    proposed = act(client, frozen, "propose").text
    assert "Asha Rao proposed the release" in proposed
    assert "You proposed the release. Another approver or owner must confirm it." in proposed
    assert act(client, frozen, "confirm").status_code == 403
    released = act(client, other, "confirm").text
    assert "All sending is frozen." not in released
    assert "proposed by Asha Rao, confirmed by Ravi Nair." in released
    assert [entry.event for entry in TrailEntry.objects.order_by("id")] == [
        "sending frozen",
        "release proposed",
        "sending released",
    ]


def test_the_same_freeze_sent_twice_says_the_same(client, frozen):
    told = client.post(PAGE, {"reason": "EnKash called"}, follow=True).text
    assert "A call that is with EnKash now comes to its end." in told
    assert "Your reason is not stored" not in told


def test_titles_and_links_fit_the_state(client):
    client.force_login(person("owner"))
    runs = reverse("allocations:runs")
    assert "<h1>Freeze all sending</h1>" in client.get(PAGE).text
    assert ">Freeze all sending…</a>" in client.get(runs).text
    client.post(PAGE, {"reason": "EnKash called"})
    assert "<h1>All sending is frozen</h1>" in client.get(PAGE).text
    text = client.get(runs).text
    assert ("Freeze all sending…" in text, ">See the freeze</a>" in text) == (False, True)


def test_a_proposed_release_is_a_task_of_whoever_may_confirm_it(client, frozen):
    def home(who) -> str:
        client.force_login(who)
        return client.get(reverse("allocations:home")).text

    approved_batch()
    task, other = "The release of all sending is to be confirmed", person("owner")
    assert task not in home(other)
    act(client, frozen, "propose")
    assert [task in home(who) for who in (other, frozen, person("admin"), person("auditor"))] == [True] + [False] * 3
    assert "Asha Rao proposed the release" in home(person("auditor"))


def test_confirming_twice_is_confirming_once(client, frozen):
    other = person("owner")
    act(client, frozen, "propose")
    assert [act(client, other, "confirm").status_code for _ in range(2)] == [200, 200]
    assert TrailEntry.objects.filter(event="sending released").count() == 1


def test_a_proposed_release_can_be_rejected(client, frozen):
    assert "Withdraw the release" in act(client, frozen, "propose").text
    other = person("owner")
    client.force_login(other)
    assert "Reject the release" in client.get(PAGE).text
    text = act(client, other, "refuse").text
    assert "The proposed release is off. All sending stays frozen." in text
    assert "Propose to release all sending" in text
    assert Freeze.objects.get().release_proposed_by is None


@pytest.mark.parametrize(("role", "kind"), [("auditor", "button"), ("owner", "submit")])
def test_a_button_that_is_off_sends_nothing(client, frozen, role, kind):
    for words in ("Propose to release all sending", "Confirm and release all sending"):
        client.force_login(person(role))
        button = client.get(PAGE).text.partition(words)[0].rpartition("<button")[2]
        assert (f'type="{kind}"' in button, "aria-disabled" in button) == (True, kind == "button")
        act(client, frozen, "propose")


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_others_can_neither_freeze_nor_release(client, frozen, role):
    who = person(role)
    assert client.get(PAGE).status_code == 200
    for name in ("propose", "refuse", "confirm"):
        act(client, frozen, "propose")
        assert act(client, who, name).status_code == 403
    assert client.post(PAGE, {"reason": "No"}).status_code == 403
    assert Freeze.objects.get().is_open
