import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations import gateway
from allocations.models import Installation
from allocations.services import recovering
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db

HEAD = "Nothing is sent: the portal recovers since"
PAGES = ("home", "batches", "approvals", "runs", "accounts")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_tells_that_the_portal_recovers(client, name: str) -> None:
    approved_batch(run_state="running", pending=2)
    client.force_login(person("admin"))
    address = reverse(f"allocations:{name}")
    assert HEAD not in client.get(address).text
    recovering.begin(now=timezone.now(), timing=gateway.timing(), why="Restored.")
    text = client.get(address).text
    assert HEAD in text
    assert "The rows of 1 call are still to be looked up at EnKash." in text
    Installation.objects.update(recovering_since=None, recovered_at=timezone.now() + timedelta(minutes=1))
    assert HEAD not in client.get(address).text


def test_a_row_that_was_credited_in_a_lost_life_has_its_page(client) -> None:
    """Proved by a look-up, with no attempt of ours on record."""
    batch = approved_batch(credited=1)
    row = batch.rows.get()
    row.attempts.all().delete()
    batch.rows.update(tries=0, first_sent_at=None, evidence="look_up")
    client.force_login(person("admin"))
    text = client.get(reverse("allocations:row", args=[batch.pk, row.number])).text
    assert re.search(r"got 500 points on .*IST", text)
