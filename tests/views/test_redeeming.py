"""The way to a person's page at EnKash: shown to owners, answered with a link."""

import pytest

from allocations.services import redeeming
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(settings):
    settings.ENKASH_SSO_URL = "https://home.enkash.example"
    found = approved_batch(credited=1).rows.get()
    found.card_id = "CARD1"
    found.save()
    return found


def test_only_owners_see_the_way(client, row, settings) -> None:
    page = f"/batches/{row.batch_id}/rows/{row.number}/person/"
    for role, sees in (("owner", True), ("admin", False), ("approver", False), ("auditor", False)):
        client.force_login(person(role))
        assert ("Open their page at EnKash" in client.get(page).text) is sees
    settings.ENKASH_SSO_URL = ""
    client.force_login(person("owner"))
    assert "Open their page at EnKash" not in client.get(page).text


def test_answer_is_a_link_that_tells_nothing_of_where_one_came_from(client, row, monkeypatch) -> None:
    class Enkash:
        def sso_token(self, **_: str) -> str:
            return "token-12345"

    real = redeeming.gateways.build()
    built = type(real)(client=Enkash(), clock=real.clock, worker=real.worker, timing=real.timing)
    monkeypatch.setattr(redeeming.gateways, "build", lambda: built)
    client.force_login(person("owner"))
    address = f"/batches/{row.batch_id}/rows/{row.number}/enkash-page/"
    answer = client.post(address, {"cause": "asked", "words": "Ticket 7"})
    link = 'href="https://home.enkash.example/sso/token-12345/employee_rewards/hrms" target="_blank" rel="noopener noreferrer"'
    assert (answer.status_code, link in answer.text) == (200, True)
    assert client.post(address, {"cause": "", "words": ""}).status_code == 422
