import pytest

from tests.factories.batches import checking_batch, review_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def auditor(client):
    client.force_login(person("auditor"))
    return client


def test_page_polls_and_works_without_scripts(auditor):
    text = auditor.get(f"/batches/{checking_batch().pk}/").text
    assert ('hx-trigger="every' in text, '<noscript><meta http-equiv="refresh"' in text) == (True, True)


def test_fragment_is_only_the_progress(auditor):
    batch = checking_batch()
    text = auditor.get(f"/batches/{batch.pk}/import/", headers=HTMX).text
    assert ("Reading rows: 12,000 of 48,211" in text, "<html" in text) == (True, False)


def test_fragment_of_a_list_that_is_read_changes_the_page(auditor):
    batch = review_batch()
    response = auditor.get(f"/batches/{batch.pk}/import/", headers=HTMX)
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, f"/batches/{batch.pk}/")


def test_fragment_opened_by_hand_is_the_page(auditor):
    batch = checking_batch()
    assert auditor.get(f"/batches/{batch.pk}/import/").url == f"/batches/{batch.pk}/"


def test_progress_without_a_known_total_has_no_bar(auditor):
    batch = checking_batch(rows_total=None)
    text = auditor.get(f"/batches/{batch.pk}/").text
    assert ("Reading rows: 12,000<" in text, "<progress" in text) == (True, False)
