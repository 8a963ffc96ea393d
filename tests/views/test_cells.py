import re

import pytest

from tests.factories.batches import review_batch, submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
LAST = {"show": "errors"}


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
    assert text.count(f'href="{address(batch)}?show=all"') == 1
    posted = {"seen": seen(client, batch), "text": "98123 45671"}
    response = client.post(address(batch) + "?show=errors", posted)
    assert (response.status_code, response.url) == (302, f"/batches/{batch.pk}/?show=errors")
    text = client.get(f"/batches/{batch.pk}/?show=all").text
    assert ("Changed here" in text, "98204 41" in text, "B2" in text) == (True, True, True)


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
