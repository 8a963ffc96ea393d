"""Replacing rows on pages: asked at EnKash once, made once, shown on both rows."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations import gateway
from allocations.domain.states import RowState
from allocations.enkash.errors import NotSent
from allocations.models import Batch, Replacement
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


class Client:
    """An EnKash that lists nothing."""

    error: Exception | None = None

    def find_transactions(self, references, **_):
        if self.error:
            raise self.error
        return ()


@pytest.fixture(autouse=True)
def enkash(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client = Client()
    built = SimpleNamespace(client=client, clock=lambda: timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(gateway, "build", lambda: built)
    return client


@pytest.fixture
def batch():
    return approved_batch(credited=1, failed=2)


def sign_in(client, *roles):
    client.force_login(person(*roles))


def text(answer):
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def address(name, *numbers):
    return reverse(f"allocations:{name}", args=numbers)


def replaced(client, batch, *rows):
    answer = client.post(address("replacement-new", batch.pk), {"row": rows, "form_key": uuid4()})
    assert answer.status_code == 302, answer.content.decode()
    return Batch.objects.latest("id")


def test_the_page_lists_what_can_be_replaced(client, batch):
    sign_in(client, "admin")
    page = text(client.get(address("replacement-new", batch.pk)))
    assert (page.count("Choose row"), "checked" in page) == (2, False)
    one = text(client.get(address("replacement-new", batch.pk), {"row": 3}))
    assert (one.count("Choose row"), "checked" in one) == (1, True)
    assert "No row can be replaced" in text(client.get(address("replacement-new", approved_batch().pk)))


def test_a_replacement_is_made_once_and_shown_everywhere(client, batch):
    sign_in(client, "admin")
    data = {"row": 3, "form_key": uuid4()}
    first, second = (client.post(address("replacement-new", batch.pk), data) for _ in range(2))
    made = Batch.objects.latest("id")
    assert first["Location"] == second["Location"] == address("batch", made.pk)
    page = text(client.get(first["Location"]))
    assert ("These rows replace others" in page, "Replaces a row that EnKash gave nothing for" in page) == (True, True)
    old, new = text(client.get(address("row", batch.pk, 3))), text(client.get(address("row", made.pk, 2)))
    assert ("Replaced by" in old, address("row", made.pk, 2) in old, "Replace row" in old) == (True, True, False)
    assert ("Replaces <a" in new, address("row", batch.pk, 3) in new) == (True, True)
    assert "no transaction under the old reference" in new


def test_replaced_rows_are_no_longer_offered_for_a_re_run(client, batch):
    sign_in(client, "admin")
    replaced(client, batch, 3)
    assert "Re-run 1 failed row" in text(client.get(address("batch", batch.pk)))
    assert "1 failed row of this batch has a replacement" in text(client.get(address("batch-rerun", batch.pk)))
    assert "1 row of batch" in text(client.get(address("home")))
    replaced(client, batch, 4)
    assert "Every failed row of this batch has a replacement." in text(client.get(address("batch-rerun", batch.pk)))
    assert f"of batch {batch.pk} failed" not in text(client.get(address("home")))


def test_a_replacement_is_submitted_as_any_batch(client, batch):
    sign_in(client, "admin")
    made = replaced(client, batch, 3, 4)
    client.post(address("batch-submit", made.pk))
    made.refresh_from_db()
    assert (made.state, made.points_total) == ("submitted", 1000)
    sign_in(client, "approver")
    assert "Replaces a row that EnKash gave nothing for" in text(client.get(address("batch-approval", made.pk)))


def test_a_replacement_is_given_up(client, batch):
    sign_in(client, "admin")
    made = replaced(client, batch, 3)
    answer = client.post(address("replacement-give-up", made.pk))
    assert "Given up" in text(client.get(answer["Location"]))
    assert not Replacement.objects.exists()
    assert client.post(address("replacement-give-up", made.pk)).status_code == 409


def test_both_rows_say_that_their_person_is_paid_twice(client, batch):
    sign_in(client, "admin")
    made = replaced(client, batch, 3)
    pages = (address("row", batch.pk, 3), address("row", made.pk, 2))
    assert not any("the points twice" in text(client.get(page)) for page in pages)
    for rows in (batch.rows.filter(number=3), made.rows.all()):
        rows.update(state=RowState.CREDITED, evidence="people", credited_amount=500)
    assert all("Both rows are credited: the person got the points twice." in text(client.get(page)) for page in pages)


def test_an_enkash_that_does_not_answer_is_said(client, batch, enkash):
    enkash.error = NotSent("refused")
    sign_in(client, "admin")
    answer = client.post(address("replacement-new", batch.pk), {"row": 3, "form_key": uuid4()})
    assert (answer.status_code, "EnKash did not tell" in answer.content.decode()) == (503, True)


def test_no_row_and_no_key(client, batch):
    sign_in(client, "admin")
    assert client.post(address("replacement-new", batch.pk), {}).status_code == 422
    assert client.post(address("replacement-new", batch.pk), {"row": 3}).status_code == 302


@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_only_admins_replace(client, batch, role):
    sign_in(client, role)
    assert client.get(address("replacement-new", batch.pk)).status_code == 403
    assert client.post(address("replacement-new", batch.pk), {"row": 3}).status_code == 403
    assert client.post(address("replacement-give-up", batch.pk)).status_code == 403
    assert "Replace row" not in text(client.get(address("row", batch.pk, 3)))


def test_strangers_and_things_that_do_not_exist(client):
    for name in ("replacement-new", "replacement-give-up"):
        assert client.post(address(name, 900))["Location"].startswith("/login/")
    sign_in(client, "admin")
    for name in ("replacement-new", "replacement-give-up"):
        assert client.post(address(name, 900)).status_code == 404
    assert client.get(address("replacement-give-up", 900)).status_code == 405


def test_a_conflict_in_a_run_that_waits_can_be_replaced(client):
    batch = approved_batch(run_state="attention", conflict=1)
    sign_in(client, "admin")
    assert "Replace row" in text(client.get(address("row", batch.pk, 2)))
    replaced(client, batch, 2)
    assert batch.rows.get().state == RowState.CONFLICT
