import pytest

from tests.factories.batches import approved_batch, checking_batch, refused_batch, review_batch, submitted_batch
from tests.factories.lists import BatchFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    client.force_login(person("auditor"))
    return client


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (refused_batch, "“diwali.csv” could not be used"),
        (checking_batch, "Reading rows: 12,000 of 48,211"),
        (review_batch, "How the list was read"),
        (submitted_batch, "Awaiting approval"),
        (approved_batch, "adds up"),
    ],
)
def test_batch_has_the_page_of_its_state(auditor, make, words):
    response = auditor.get(f"/batches/{make().pk}/")
    assert (response.status_code, words in response.text) == (200, True)


def test_list_shows_every_batch_with_its_status(auditor):
    review_batch(errors=1, purpose="Onam 2026")
    submitted_batch(purpose="Diwali 2026")
    text = auditor.get("/batches/").text
    assert [words in text for words in ("Onam 2026", "1 row to fix", "Diwali 2026", "Made by Asha Rao")] == [True] * 4


def test_list_narrows_to_text_and_state(auditor):
    review_batch(purpose="Onam 2026")
    submitted_batch(purpose="Onam 2027")
    text = auditor.get("/batches/?q=onam&state=submitted").text
    assert ("Onam 2027" in text, "Onam 2026" in text) == (True, False)


def test_list_pages_by_number(auditor):
    batches = BatchFactory.create_batch(51)
    first = auditor.get("/batches/").text
    assert f"Older than batch {batches[1].pk}" in first
    second = auditor.get(f"/batches/?before={batches[1].pk}").text
    assert second.count('<th scope="row">') == 1


@pytest.mark.parametrize(
    ("address", "words"),
    [("/batches/?q=nothing", "Tried: number or purpose “nothing”."), ("/batches/", "No batch yet")],
)
def test_empty_list_says_why_it_is_empty(auditor, address, words):
    assert words in auditor.get(address).text


def test_purpose_is_shown_as_text(auditor):
    BatchFactory(purpose="<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in auditor.get("/batches/").text
