"""A list that only people can say how to read: what they choose, what they confirm, and what is kept of both."""

import pytest
from django.core.files.base import ContentFile
from openpyxl import Workbook

from allocations.domain.states import BatchState
from allocations.imports.run import run_import
from allocations.models import Batch, Row, TrailEntry, Upload
from tests.factories.accepting import accept_all
from tests.factories.lists import BatchFactory, UploadFactory
from tests.factories.people import known, person
from tests.imports.books import HEADER, book

pytestmark = pytest.mark.django_db
ASHA, RAVI = ["Asha", 9812345671, 100], ["Ravi", 9812345672, 250]


def read_again(batch: Batch) -> Upload:
    run_import(batch.uploads.first().pk)
    batch.refresh_from_db()
    return batch.uploads.first()


def imported(content: bytes, *, kind: str) -> Batch:
    batch = BatchFactory(state=BatchState.CHECKING)
    UploadFactory(batch=batch, kind=kind, file=ContentFile(content, name="list"))
    read_again(batch)
    return batch


@pytest.fixture
def two_sheets(client, tmp_path) -> Batch:
    def add(made: Workbook, _) -> None:
        other = made.create_sheet("November")
        for row in (HEADER, RAVI):
            other.append(row)

    batch = imported(book(tmp_path / "b.xlsx", ASHA, change=add).read_bytes(), kind="xlsx")
    client.force_login(batch.uploaded_by)
    return batch


@pytest.fixture
def windows(client) -> Batch:
    batch = imported("Name,Mobile,Amount\nAndré,9812345671,100\n".encode("cp1252"), kind="csv")
    client.force_login(batch.uploaded_by)
    return batch


def test_sheet_is_chosen_and_kept_in_the_trail(client, two_sheets):
    text = client.get(f"/batches/{two_sheets.pk}/").text
    assert "The workbook has 2 sheets with data (Sheet, November)." in text
    assert 'name="sheet" value="November">Read the sheet “November”, 2 rows</button>' in text
    assert client.post(f"/batches/{two_sheets.pk}/reading/", {"sheet": "November"}).status_code == 302
    upload = read_again(two_sheets)
    assert (two_sheets.state, upload.sheet, Row.objects.get().name) == ("review", "November", "Ravi")
    entry = TrailEntry.objects.get(event="reading chosen")
    assert entry.actor == two_sheets.uploaded_by
    assert entry.data["reading"] == {"sheet": "November", "header_row": 1}
    assert "sheet “November”" in client.get(f"/batches/{two_sheets.pk}/").text


@pytest.mark.parametrize("choice", [{"sheet": "December"}, {"header_row": "3"}, {"header_row": "x"}, {}])
def test_what_was_not_offered_is_refused(client, two_sheets, choice):
    assert client.post(f"/batches/{two_sheets.pk}/reading/", choice).status_code == 422
    assert two_sheets.uploads.count() == 1


def test_choice_sent_twice_acts_once(client, two_sheets):
    codes = [client.post(f"/batches/{two_sheets.pk}/reading/", {"sheet": "Sheet"}).status_code for _ in range(2)]
    assert (codes, two_sheets.uploads.count()) == ([302, 409], 2)


def test_header_further_down_is_taken_in_one_click(client):
    batch = imported(b"Diwali 2026\n\nName,Mobile,Amount\nAsha,9812345671,x\n", kind="csv")
    client.force_login(batch.uploaded_by)
    assert "The header is in row 3: read the list from there" in client.get(f"/batches/{batch.pk}/").text
    client.post(f"/batches/{batch.pk}/reading/", {"header_row": "3"})
    upload = read_again(batch)
    text = client.get(f"/batches/{batch.pk}/").text
    assert (batch.state, upload.header_row, Row.objects.get().number) == ("review", 3, 4)
    assert ("header in row 3" in text, "C4" in text) == (True, True)


def test_columns_of_a_chosen_sheet_can_be_mapped(client, two_sheets):
    client.post(f"/batches/{two_sheets.pk}/reading/", {"sheet": "November"})
    read_again(two_sheets)
    columns = {"column_0": "name", "column_1": "mobile", "column_2": "amount"}
    client.post(f"/batches/{two_sheets.pk}/mapping/", columns)
    assert (read_again(two_sheets).sheet, Row.objects.get().name) == ("November", "Ravi")


def test_question_keeps_the_list_from_being_submitted(client, windows):
    text = client.get(f"/batches/{windows.pk}/").text
    assert ("check the names below" in text, '<li class="name">André</li>' in text) == (True, True)
    assert "How the file was read is not confirmed yet" in text
    response = client.post(f"/batches/{windows.pk}/submit/")
    assert (response.status_code, "Not confirmed yet: This file is not UTF-8." in response.text) == (422, True)


def test_confirmed_question_is_kept_with_who_and_what(client, windows):
    response = client.post(f"/batches/{windows.pk}/reading/confirm/", {"code": "windows_1252"})
    entry = TrailEntry.objects.get(event="reading confirmed")
    asked = "This file is not UTF-8. We read it as Windows-1252; check the names below."
    assert (response.status_code, entry.actor, entry.data) == (302, windows.uploaded_by, {"confirmed": [asked]})
    assert client.post(f"/batches/{windows.pk}/submit/").status_code == 302
    windows.refresh_from_db()
    assert windows.state == "submitted"


@pytest.mark.parametrize("code", ["hidden_rows", "", "é"])
def test_nothing_else_is_confirmed(client, windows, code):
    assert client.post(f"/batches/{windows.pk}/reading/confirm/", {"code": code}).status_code == 409


def test_question_is_confirmed_once(client, windows):
    codes = [
        client.post(f"/batches/{windows.pk}/reading/confirm/", {"code": "windows_1252"}).status_code for _ in range(2)
    ]
    assert (codes, TrailEntry.objects.filter(event="reading confirmed").count()) == ([302, 409], 1)


def test_who_confirms_is_a_maker(client, windows):
    other = person("admin", "approver")
    client.force_login(other)
    client.post(f"/batches/{windows.pk}/reading/confirm/", {"code": "windows_1252"})
    assert list(windows.editors.values_list("user_id", flat=True)) == [other.pk]


@pytest.mark.parametrize("role", ["approver", "auditor", "owner"])
def test_only_an_admin_chooses_and_confirms(client, windows, two_sheets, role):
    client.force_login(person(role))
    assert client.post(f"/batches/{two_sheets.pk}/reading/", {"sheet": "Sheet"}).status_code == 403
    assert client.post(f"/batches/{windows.pk}/reading/confirm/", {"code": "windows_1252"}).status_code == 403
    assert "The names are right" not in client.get(f"/batches/{windows.pk}/").text


def test_hidden_rows_are_marked_and_confirmed(client, tmp_path):
    def hide(_, sheet) -> None:
        sheet.row_dimensions[3].hidden = True

    batch = imported(book(tmp_path / "b.xlsx", ASHA, RAVI, change=hide).read_bytes(), kind="xlsx")
    client.force_login(batch.uploaded_by)
    text = client.get(f"/batches/{batch.pk}/").text
    assert "1 hidden row is included. Remove them if that is not intended." in text
    assert "Is hidden in the workbook. It is included; leave it out if that is not meant." in text
    client.post(f"/batches/{batch.pk}/reading/confirm/", {"code": "hidden_rows"})
    assert "“Hidden in the workbook” in 1 row" in client.post(f"/batches/{batch.pk}/submit/").text
    accept_all(known(batch.uploaded_by), batch.pk)
    assert client.post(f"/batches/{batch.pk}/submit/").status_code == 302


def test_cell_that_excel_shows_shortened_is_taken_with_all_its_digits(client, tmp_path):
    def show(_, sheet) -> None:
        sheet["B2"].number_format, sheet["C2"].number_format = "0.00E+00", "0"

    batch = imported(book(tmp_path / "b.xlsx", ["Asha", 9812345671, 1.5], change=show).read_bytes(), kind="xlsx")
    client.force_login(batch.uploaded_by)
    row = Row.objects.get()
    assert (row.mobile, row.raw) == ("9812345671", {"amount": "1.5"})
    assert row.cells == {"mobile": ["number", "0.00E+00"], "amount": ["number", "0"]}
    for page in (f"/batches/{batch.pk}/?show=all", f"/batches/{batch.pk}/rows/2/"):
        text = client.get(page).text
        assert "Sheet!B2, number, format 0.00E+00, shown shortened by Excel, read in full" in text
        assert "Sheet!C2, number, format 0" in text


def test_remembered_columns_are_confirmed_or_changed(client):
    earlier = imported(b"Name,Mobile,Amount,Due\nAsha,9812345671,1,100\n", kind="csv")
    client.force_login(earlier.uploaded_by)
    choices = {"column_0": "name", "column_1": "mobile", "column_3": "amount"}
    client.post(f"/batches/{earlier.pk}/mapping/", choices)
    read_again(earlier)
    batch = imported(b"Name,Mobile,Amount,Due\nRavi,9812345672,1,250\n", kind="csv")
    client.force_login(batch.uploaded_by)
    text = client.get(f"/batches/{batch.pk}/").text
    assert f"as they were chosen for batch {earlier.pk}" in text
    assert f'<a href="/batches/{batch.pk}/mapping/">change the columns</a>' in text
    assert client.post(f"/batches/{batch.pk}/submit/").status_code == 422
    client.post(f"/batches/{batch.pk}/reading/confirm/", {"code": "remembered_columns"})
    assert client.post(f"/batches/{batch.pk}/submit/").status_code == 302
