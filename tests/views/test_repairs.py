"""Repairs of many rows on their pages: shown before anything changes, undone from the list."""

import re

import pytest

from allocations.models import Repair
from tests.factories.batches import recount, review_batch
from tests.factories.lists import ProblemFactory, RowFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db
CODE = "title_unknown"


@pytest.fixture
def batch(client):
    """Rows 5 to 16 have a title that EnKash does not know."""
    batch = review_batch(ready=3)
    for number in range(5, 17):
        row = RowFactory(batch=batch, number=number, raw={"title": "Dr"}, error_count=1, payload_hash="")
        ProblemFactory(row=row, code=CODE, field="title", message="is Dr; use Mr, Mrs or Ms, or leave it empty.")
    client.force_login(batch.uploaded_by)
    return recount(batch)


def address(batch, kind="empty", code=CODE):
    return f"/batches/{batch.pk}/repair/{kind}/{code}/"


def shown(client, batch):
    return {"seal": re.search(r'name="seal" value="(\w+)"', client.get(address(batch)).text)[1]}


def test_page_says_what_it_will_do_and_shows_every_row(client, batch):
    text = client.get(address(batch)).text
    assert ("Will change 12 cells." in text, ">Change 12 cells</button>" in text) == (True, True)
    assert (text.count("Title: Dr"), text.count("Title: empty")) == (12, 12)
    assert not Repair.objects.exists()


def test_problem_in_the_grid_leads_there(client, batch):
    text = client.get(f"/batches/{batch.pk}/?problem={CODE}").text
    assert (f'href="{address(batch)}"' in text, "Leave these cells empty" in text) == (True, True)
    client.force_login(person("auditor"))
    assert address(batch) not in client.get(f"/batches/{batch.pk}/?problem={CODE}").text


def test_list_is_repaired_and_the_repair_undone(client, batch):
    response = client.post(address(batch), shown(client, batch), follow=True)
    assert "Leave these cells empty: done in 12 rows. It can be undone below." in response.text
    assert "Leave these cells empty: Title unknown, 12 rows" in response.text
    batch.refresh_from_db()
    assert (batch.error_rows, "Nothing here can be repaired" in client.get(address(batch)).text) == (0, True)
    record = Repair.objects.get()
    undo = f"/batches/{batch.pk}/repairs/{record.pk}/undo/"
    assert undo in response.text
    assert "Undone: 12 rows as before." in client.post(undo, follow=True).text
    batch.refresh_from_db()
    assert (batch.error_rows, client.post(undo).status_code) == (12, 409)


def test_rows_changed_since_are_told_when_it_is_undone(client, batch):
    client.post(address(batch), shown(client, batch))
    batch.rows.filter(number=7).update(title="Ms", edits={"title": "Ms"})
    text = client.post(f"/batches/{batch.pk}/repairs/{Repair.objects.get().pk}/undo/", follow=True).text
    assert "Undone: 11 rows as before. 1 row changed since: they stay as they are." in text


@pytest.mark.parametrize("posted", [{}, {"seal": "x" * 32}, {"seal": "é"}])
def test_what_the_page_did_not_show_is_not_repaired(client, batch, posted):
    assert client.post(address(batch), posted).status_code == 409
    assert not Repair.objects.exists()


def test_rows_that_belong_together_stand_together(client, batch):
    for number in (20, 21):
        row = RowFactory(batch=batch, number=number, mobile="9876511111", name="Nila", email="", warning_count=1)
        ProblemFactory(row=row, code="same_person_and_amount", severity="warning")
    text = client.get(address(batch, "sum", "same_person_and_amount")).text
    assert "Will change 1 cell and leave out 1 row." in text
    assert ("1,000 points" in text, "left out; its points go with row 20" in text) == (True, True)
    text = client.get(address(batch, "keep-first", "same_person_and_amount")).text
    assert ("Will leave out 1 row." in text, "stays as it is" in text) == (True, True)


@pytest.mark.parametrize(("kind", "code"), [("sum", CODE), ("empty", "amount_fraction"), ("guess", CODE)])
def test_no_such_repair(client, batch, kind, code):
    assert client.get(address(batch, kind, code)).status_code == 404


def test_admin_who_is_no_maker_reads_no_cells(client, batch):
    client.force_login(person("admin"))
    text = client.get(address(batch)).text
    assert ("Title: Dr" in text, text.count("Title: hidden")) == (False, 12)


def test_long_repair_comes_in_pages(client, batch):
    for number in range(100, 200):
        row = RowFactory(batch=batch, number=number, error_count=1, payload_hash="")
        ProblemFactory(row=row, code=CODE, field="title")
    text = client.get(address(batch)).text
    assert ("Will change 112 cells." in text, text.count("Title: empty"), "?after=187#" in text) == (True, 100, True)
    assert client.get(address(batch) + "?after=187").text.count("Title: empty") == 12
    assert client.get(address(batch) + "?after=x").status_code == 200
