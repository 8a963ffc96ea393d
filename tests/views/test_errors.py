import pytest

from allocations.domain.errors import DomainError, InvalidInput, NotAllowed, StateConflict
from allocations.domain.files import FileRefused
from allocations.views.errors import refusal, status_of
from tests.factories.people import person

SENTENCE = "Row 12 is 700.50; points must be a whole number."


@pytest.mark.parametrize(
    ("error", "status"),
    [(StateConflict, 409), (NotAllowed, 403), (InvalidInput, 422), (FileRefused, 422), (DomainError, 503)],
)
def test_each_refusal_has_its_status(error, status):
    assert status_of(error(SENTENCE)) == status


@pytest.mark.django_db
@pytest.mark.parametrize("error", [StateConflict, NotAllowed, InvalidInput, DomainError])
def test_page_keeps_the_sentence_and_the_status(rf, error):
    request = rf.get("/")
    request.user, request.resolver_match = person("admin"), None
    response = refusal(request, error(SENTENCE), back="/batches/7/")
    assert (response.status_code, SENTENCE in response.text) == (status_of(error(SENTENCE)), True)


@pytest.mark.django_db
def test_a_conflict_blames_nobody(rf):
    request = rf.get("/")
    request.user, request.resolver_match = person("admin"), None
    text = refusal(
        request, StateConflict("EnKash lists row 5 as credited. It is not replaced."), back="/batches/7/"
    ).text
    assert "<h1>Not possible as it stands now</h1>" in text
    assert "Somebody was faster" not in text


def test_htmx_gets_the_sentence_as_a_message(rf):
    request = rf.get("/")
    request.htmx = True
    response = refusal(request, StateConflict(SENTENCE), back="/batches/7/")
    assert (response.status_code, response.headers["HX-Retarget"], response.headers["HX-Reswap"]) == (
        409,
        "#messages",
        "innerHTML",
    )
    assert (SENTENCE in response.text, '<a href="/batches/7/">' in response.text) == (True, True)
