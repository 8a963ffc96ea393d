"""The pages of webhooks: added with a secret that is shown once, tried, paused, removed; what was sent."""

import pytest

from allocations import queue
from allocations.domain.webhooks import Event
from allocations.models import Webhook, WebhookDelivery
from allocations.services.webhooks import add_webhook
from tests.factories.people import known, person

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"url": "https://hr.example.com/rewards", "events": ["batch.approved", "run.settled"]}


@pytest.fixture(autouse=True)
def _no_redis(monkeypatch) -> None:
    monkeypatch.setattr(queue, "ring_webhook", lambda _: None)


@pytest.fixture
def owner(client):
    user = person("owner")
    client.force_login(user)
    return user


@pytest.fixture
def webhook(owner) -> Webhook:
    return add_webhook(known(owner), url=NEW["url"], events=[Event.SETTLED])[0]


def test_secret_is_shown_once(client, owner) -> None:
    made = client.post("/api/webhooks/new/", NEW)
    assert (made.status_code, "whs_" in made.text) == (200, True)
    number = Webhook.objects.get().pk
    for page in ("/api/webhooks/", f"/api/webhooks/{number}/"):
        text = client.get(page).text
        assert (NEW["url"] in text, "whs_" in text) == (True, False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": ""}, "Type the address"),
        ({"url": "http://hr.example.com/"}, "Only addresses that begin with https://"),
        ({"url": "https://10.0.0.1/"}, "inside of a network"),
        ({"events": []}, "None chosen"),
        ({"events": ["batch.deleted"]}, "There is no such event"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(client, owner, change, said) -> None:
    answer = client.post("/api/webhooks/new/", NEW | change)
    assert (answer.status_code, said in answer.text, Webhook.objects.count()) == (422, True, 0)


def test_it_is_tried_paused_and_removed(client, webhook) -> None:
    here = f"/api/webhooks/{webhook.pk}/"
    assert client.post(f"{here}test/").url == here
    assert "not tried yet" in client.get(here).text
    client.post(f"{here}pause/")
    assert "Let it go on" in client.get(here).text
    client.post(f"{here}resume/")
    assert "Send a test" in client.get(here).text
    assert "former secret signs too" in client.post(f"{here}secret/").text
    assert client.post(f"{here}remove/").url == "/api/webhooks/"
    assert client.get(here).status_code == 404


def test_what_was_sent_is_listed_and_sent_again(client, webhook) -> None:
    client.post(f"/api/webhooks/{webhook.pk}/test/")
    WebhookDelivery.objects.update(state="given_up", next_at=None, tries=2, status=503, said="HTTP 503")
    page = client.get(f"/api/webhooks/{webhook.pk}/").text
    assert ("HTTP 503 after 2 tries" in page, "1 event given up" in page) == (True, True)
    again = client.post(f"/api/webhooks/sent/{WebhookDelivery.objects.get().pk}/again/")
    assert (again.url, WebhookDelivery.objects.get().state) == (f"/api/webhooks/{webhook.pk}/", "waiting")


def test_pages_are_the_owners(client, webhook) -> None:
    client.force_login(person("admin", "approver", "auditor"))
    for page in ("/api/webhooks/", "/api/webhooks/new/", f"/api/webhooks/{webhook.pk}/"):
        assert client.get(page).status_code == 403
    assert 'href="/api/webhooks/"' not in client.get("/api/").text
