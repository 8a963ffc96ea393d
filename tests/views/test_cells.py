import re

import pytest

from allocations.domain.cells import FIELDS
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def batch(client):
    batch = review_batch(errors=1, ready=2)
    client.force_login(batch.uploaded_by)
    return batch


def address(batch, *, number=2, field="mobile"):
    return f"/batches/{batch.pk}/rows/{number}/cells/{field}/"


def seen(client, batch, **where):
    return re.search(r'name="seen" value="(\w+)"', client.get(address(batch, **where)).text)[1]


def test_grid_leads_to_each_cell_and_back(client, batch):
    text = client.get(f"/batches/{batch.pk}/?show=all").text
    assert [text.count(f'href="{address(batch, field=field)}?show=all"') for field in FIELDS] == [1] * 7
    posted = {"seen": seen(client, batch), "text": "98123 45671"}
    response = client.post(address(batch) + "?show=errors", posted)
    assert (response.status_code, response.url) == (302, f"/batches/{batch.pk}/?show=errors")
    text = client.get(f"/batches/{batch.pk}/?show=all").text
    assert ("changed here" in text, "98204 41" in text, "B2" in text) == (True, True, True)


def test_page_shows_what_the_file_has_and_where(client, batch):
    text = client.get(address(batch)).text
    assert ('value="98204 41"' in text, "B2" in text, "Put back" in text) == (True, True, False)


def test_refused_text_comes_back_with_the_reason(client, batch):
    response = client.post(address(batch), {"seen": seen(client, batch), "text": "98123"})
    assert (response.status_code, 'value="98123"' in response.text) == (422, True)
    assert "Not stored: what you typed" in response.text


def test_same_form_twice_is_told(client, batch):
    posted = {"seen": seen(client, batch), "text": "9812345671"}
    assert [client.post(address(batch), posted).status_code for _ in range(2)] == [302, 409]


def test_cell_is_put_back(client, batch):
    client.post(address(batch), {"seen": seen(client, batch), "text": "9812345671"})
    assert "Put back as in the file" in client.get(address(batch)).text
    posted = {"seen": seen(client, batch)}
    assert [client.post(address(batch) + "back/", posted).status_code for _ in range(2)] == [302, 409]
    assert client.post(address(batch) + "back/").status_code == 409
    row = batch.rows.get(number=2)
    assert (row.mobile, row.edits) == ("", None)


def test_row_page_tells_the_file_from_what_is_sent(client, batch):
    client.post(address(batch, number=3, field="email"), {"seen": seen(client, batch, number=3, field="email")})
    client.post(address(batch), {"seen": seen(client, batch), "text": "9812345671"})
    text = client.get(f"/batches/{batch.pk}/rows/2/").text
    assert ("In the file, mobile" in text, "98204 41" in text, "Changed by hand" in text) == (True, True, True)
    assert batch.uploaded_by.get_full_name() in text[text.index("Changed by hand") :]
    assert "Changed by hand" not in client.get(f"/batches/{batch.pk}/rows/4/").text


def test_admin_who_is_no_maker_types_without_seeing(client, batch):
    client.force_login(person("admin"))
    text = client.get(address(batch)).text
    assert ("98204" in text, "only makers of the batch see it" in text) == (False, True)
    assert 'value="500"' in client.get(address(batch, number=3, field="amount")).text


@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_only_an_admin_changes_cells(client, batch, role):
    client.force_login(person(role))
    assert [client.get(address(batch)).status_code, client.post(address(batch) + "back/").status_code] == [403, 403]
    assert client.post(address(batch), {"text": "9812345671", "seen": "x"}).status_code == 403


@pytest.mark.parametrize(("number", "field"), [(99, "mobile"), (2, "salary")])
def test_no_such_cell(client, batch, number, field):
    assert client.get(address(batch, number=number, field=field)).status_code == 404


def test_submitted_list_offers_no_change(client):
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    assert client.get(address(batch)).status_code == 409
    assert client.post(address(batch) + "back/", {"seen": "x"}).status_code == 409


def in_grid(client, batch, *, shown="2,3,4", **where):
    """Opens the editor of a cell and sends a text from it."""
    text, query = where.pop("text"), "?show=errors"
    found = client.get(address(batch, **where) + query, headers=HTMX).text
    posted = {"seen": re.search(r'name="seen" value="(\w+)"', found)[1], "text": text, "shown": shown}
    return client.post(address(batch, **where) + query, posted, headers=HTMX)


def test_cell_opens_in_the_grid_with_what_it_has(client, batch):
    text = client.get(address(batch), headers=HTMX).text
    assert ("<html" in text, 'name="text" value="98204 41"' in text, 'data-was="98204 41"' in text) == (
        False,
        True,
        True,
    )
    assert 'aria-label="Mobile of row 2"' in text


def test_saved_cell_brings_its_row_and_the_counters(client, batch):
    response = in_grid(client, batch, text="98123 45671")
    assert (response.status_code, response["HX-Reswap"]) == (200, "none")
    text = response.text
    assert "Mobile of row 2 is changed. What the file had stays beside it. Errors: 0 rows left." in text
    assert [f'id="row-{number}"' in text for number in (2, 3)] == [True, False]
    assert ('<span class="num" id="count-errors" hx-swap-oob="true">0</span>' in text, "<html" in text) == (True, False)
    # What the page showed until now, and the way back to where the person was.
    assert ("98204 41" in text, "98123 45671" in text, f'{address(batch)}back/?show=errors"' in text) == (True,) * 3
    assert "Submit 3 rows for approval" in text


def test_saved_cell_brings_the_rows_around_it_that_the_page_shows(client, batch):
    other = batch.rows.get(number=3).mobile
    assert 'id="row-3"' in in_grid(client, batch, text=other).text
    batch.rows.filter(number=2).update(mobile="", edits=None, raw={"mobile": "98204 41"})
    assert 'id="row-3"' not in in_grid(client, batch, text=other, shown="2,4,x,-3,99999999999999").text


def test_refused_text_stays_in_the_grid_with_the_reason(client, batch):
    response = in_grid(client, batch, text="98123")
    assert (response.status_code, "HX-Reswap" in response) == (422, False)
    text = response.text
    assert ('value="98123"' in text, "Not stored: what you typed" in text, 'aria-invalid="true"' in text) == (True,) * 3
    assert 'data-was="98204 41"' in text


def test_cell_that_somebody_changed_meanwhile_shows_both_texts(client, batch):
    before = seen(client, batch)
    in_grid(client, batch, text="9812345671")
    late = {"seen": before, "text": "9812345672", "shown": "2"}
    response = client.post(address(batch), late, headers=HTMX)
    assert (response.status_code, response["HX-Reswap"]) == (409, "none")
    text = response.text
    assert ("was changed by somebody else meanwhile" in text, 'id="row-2"' in text) == (True, True)
    assert ('value="9812345672"' in text, 'data-was="9812345671"' in text) == (True, True)
    assert batch.rows.get(number=2).mobile == "9812345671"
    # Knowing that, the person stores their own.
    now = re.search(r'class="cell-edit.*?name="seen" value="(\w+)"', text, re.DOTALL)[1]
    assert client.post(address(batch), late | {"seen": now}, headers=HTMX).status_code == 200
    assert batch.rows.get(number=2).mobile == "9812345672"


def test_row_that_was_left_out_meanwhile_is_told_above_the_grid(client, batch):
    late = {"seen": seen(client, batch), "text": "9812345672"}
    batch.rows.filter(number=2).update(state="left_out")
    response = client.post(address(batch), late, headers=HTMX)
    assert (response.status_code, response["HX-Retarget"]) == (409, "#messages")


def test_cell_is_put_back_in_the_grid(client, batch):
    text = in_grid(client, batch, text="9812345671").text
    posted = {"seen": re.search(r'put-back.*?name="seen" value="(\w+)"', text, re.DOTALL)[1], "shown": "2,3"}
    response = client.post(address(batch) + "back/?show=errors", posted, headers=HTMX)
    assert (response.status_code, "Row 2: Mobile is as in the file again." in response.text) == (200, True)
    assert (batch.rows.get(number=2).edits, "Put back" in response.text) == (None, False)


def test_editor_shows_nobody_more_than_the_page(client, batch):
    client.force_login(person("admin"))
    text = client.get(address(batch), headers=HTMX).text
    assert ("98204" in text, "hidden from you" in text) == (False, True)


def test_grid_of_somebody_who_changes_nothing_has_no_editors(client, batch):
    client.force_login(person("auditor"))
    text = client.get(f"/batches/{batch.pk}/?show=all").text
    assert ('class="small edit' in text, "Put back" in text) == (False, False)
