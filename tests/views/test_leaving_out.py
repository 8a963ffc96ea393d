"""Every row with one problem left out at once: shown first, counted, undone row by row."""

import pytest

from allocations.domain.states import RowState
from allocations.models import Batch, TrailEntry
from tests.factories.accepting import accept_all
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.lists import ProblemFactory
from tests.factories.people import known, person

pytestmark = pytest.mark.django_db
CODE = "mobile_made_up"


@pytest.fixture
def batch(client) -> Batch:
    """Rows 2 and 3 have an error, rows 4 to 15 a warning."""
    batch = review_batch(errors=2, warnings=12, ready=1)
    client.force_login(batch.uploaded_by)
    return batch


def address(batch: Batch, code: str = CODE) -> str:
    return f"/batches/{batch.pk}/leave-out/{code}/"


def shown(batch: Batch, **changes) -> dict[str, object]:
    newest = batch.problems.filter(code=CODE).order_by("pk").last()
    return {"code": CODE, "rows": 12, "newest": newest.pk} | changes


def left_out(batch: Batch) -> list[int]:
    return list(batch.rows.filter(state=RowState.LEFT_OUT).values_list("number", flat=True))


def test_the_page_shows_what_would_go_and_changes_nothing(client, batch) -> None:
    text = client.get(address(batch)).text
    assert "The first 10 of 12 rows" in text
    assert "The list gives 6,500 points now and 500 points without these rows." in text
    assert [f">{number}</a>" in text for number in (4, 13, 14)] == [True, True, False]
    assert (left_out(batch), TrailEntry.objects.filter(batch=batch).exists()) == ([], False)


def test_the_grid_of_a_problem_leads_there(client, batch) -> None:
    link = f'href="{address(batch)}"'
    assert link in client.get(f"/batches/{batch.pk}/?problem={CODE}").text
    assert link not in client.get(f"/batches/{batch.pk}/").text


def test_every_row_with_the_problem_goes_and_the_trail_says_why(client, batch) -> None:
    response = client.post(address(batch), shown(batch))
    assert (response.status_code, response.url) == (302, f"/batches/{batch.pk}/?show=left-out#grid")
    batch.refresh_from_db()
    assert (left_out(batch), batch.left_out_count, batch.points_total) == (list(range(4, 16)), 12, 500)
    entry = TrailEntry.objects.get(batch=batch, event="rows leave out")
    assert (entry.data["cause"], entry.data["count"]) == (CODE, 12)
    client.post(f"/batches/{batch.pk}/take-back/", {"number": 4})
    assert left_out(batch) == list(range(5, 16))


def test_rows_with_errors_go_in_the_same_way(client, batch) -> None:
    newest = batch.problems.filter(code="mobile_too_short").order_by("pk").last().pk
    sent = shown(batch, code="mobile_too_short", rows=2, newest=newest)
    assert "now and 6,500 points without these rows" in client.get(address(batch, "mobile_too_short")).text
    client.post(address(batch, "mobile_too_short"), sent)
    assert left_out(batch) == [2, 3]


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"rows": 11}, 409, "is in 12 rows by now"),
        ({"newest": 0}, 409, "Nothing was changed"),
        ({"code": "markup"}, 409, "is in no row any more"),
        ({"rows": ""}, 422, "The page did not say which rows are meant"),
    ],
)
def test_what_the_page_did_not_show_stays(client, batch, changes, status: int, said: str) -> None:
    response = client.post(address(batch), shown(batch, **changes))
    assert (response.status_code, said in response.text, left_out(batch)) == (status, True, [])


def test_a_second_click_changes_nothing_more(client, batch) -> None:
    sent = shown(batch)
    assert [client.post(address(batch), sent).status_code for _ in range(2)] == [302, 409]
    assert TrailEntry.objects.filter(batch=batch, event="rows leave out").count() == 1


def test_a_problem_that_no_row_has_has_no_page(client, batch) -> None:
    assert client.get(address(batch, "markup")).status_code == 404


@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_only_an_admin_leaves_rows_out(client, batch, role: str) -> None:
    client.force_login(person(role))
    assert client.get(address(batch)).status_code == 403
    assert (client.post(address(batch), shown(batch)).status_code, left_out(batch)) == (403, [])
    assert address(batch) not in client.get(f"/batches/{batch.pk}/?problem={CODE}").text


def test_a_submitted_list_stays_as_it_is(client) -> None:
    batch = submitted_batch(warnings=1)
    client.force_login(batch.uploaded_by)
    assert (client.get(address(batch)).status_code, left_out(batch)) == (409, [])


def test_rows_left_out_take_only_their_own_warnings_with_them(client, batch) -> None:
    ProblemFactory(row=batch.rows.get(number=16), severity="warning", code="markup")
    accept_all(known(batch.uploaded_by), batch.pk)
    client.post(address(batch), shown(batch))
    client.post(f"/batches/{batch.pk}/leave-out/")
    client.post(f"/batches/{batch.pk}/submit/")
    batch.refresh_from_db()
    assert (batch.state, list(batch.acceptances.values_list("code", flat=True))) == ("submitted", ["markup"])
