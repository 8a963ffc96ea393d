import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from allocations.exports.corrections import SHEET
from allocations.models import Correction, TrailEntry
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.people import person
from tests.imports.correcting import typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(client):
    batch = review_batch(errors=2, warnings=1, ready=2)
    client.force_login(batch.uploaded_by)
    return batch


def address(batch, act=""):
    return f"/batches/{batch.pk}/corrections/{act}"


def download(client, batch):
    return b"".join(client.post(address(batch, "workbook/")).streaming_content)


def upload(client, batch, content, *, name="corrected.xlsx"):
    return client.post(address(batch), {"file": SimpleUploadedFile(name, content)})


def confirmed(client, batch):
    seen = re.search(r'name="correction" value="(\d+)"', client.get(address(batch)).text)[1]
    return client.post(address(batch, "apply/"), {"correction": seen})


def test_rows_go_out_come_back_and_change_only_when_confirmed(client, batch):
    text = client.get(f"/batches/{batch.pk}/").text
    assert ("Download the 3 rows with problems" in text, "Upload the corrected workbook" in text) == (True, True)
    content = typed(download(client, batch), {"2": {"Mobile": "98123 45671"}, "3": {"Mobile": "98123"}})
    assert upload(client, batch, content).url == address(batch)
    text = client.get(address(batch)).text
    for said in (
        "2 cells in 2 rows",
        "98204 41",
        "98123 45671",
        "1 row of them then still has errors",
        "Error: Mobile",
    ):
        assert said in text
    assert batch.rows.get(number=2).mobile == ""
    assert "See what your workbook changes" in client.get(f"/batches/{batch.pk}/").text
    response = confirmed(client, batch)
    assert (response.status_code, response.url) == (302, f"/batches/{batch.pk}/")
    assert "2 cells in 2 rows changed" in client.get(response.url).text
    assert batch.rows.get(number=2).mobile == "9812345671"


def test_row_and_trail_tell_of_the_workbook(client, batch):
    upload(client, batch, typed(download(client, batch), {"2": {"Mobile": "9812345671", "Amount": "7"}}))
    confirmed(client, batch)
    assert "mobile, amount changed in a workbook by" in client.get(f"/batches/{batch.pk}/rows/2/").text
    assert "changed in a workbook" not in client.get(f"/batches/{batch.pk}/rows/3/").text
    assert "Correction workbook applied" in client.get(f"/batches/{batch.pk}/trail/").text


def test_workbook_is_given_up(client, batch):
    upload(client, batch, typed(download(client, batch), {"2": {"Mobile": "9812345671"}}))
    assert client.post(address(batch, "give-up/")).status_code == 302
    assert (Correction.objects.exists(), batch.rows.get(number=2).mobile) == (False, "")
    assert "Give this workbook up" not in client.get(address(batch)).text


def test_same_confirmation_twice_and_one_without_a_workbook_are_told(client, batch):
    upload(client, batch, typed(download(client, batch), {"2": {"Mobile": "9812345671"}}))
    seen = Correction.objects.get().pk
    posts = [client.post(address(batch, "apply/"), {"correction": seen}).status_code for _ in range(2)]
    assert (posts, client.post(address(batch, "apply/")).status_code) == ([302, 409], 409)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("corrected.csv", b"Name,Mobile\n", "This is no .xlsx."),
        ("corrected.xlsx", b"Name,Mobile\n", "This is not an Excel workbook."),
        ("corrected.xlsx", b"", "The workbook is damaged"),
        ("corrected.xlsx", b"PK\x03\x04 not really", "The workbook is damaged"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(client, batch, name, content, sentence):
    response = upload(client, batch, content, name=name)
    assert (response.status_code, sentence in response.text, Correction.objects.exists()) == (422, True, False)


def test_no_file_and_an_unchanged_workbook_are_told(client, batch):
    assert "No workbook is chosen" in client.post(address(batch)).text
    assert "The workbook changes nothing" in upload(client, batch, download(client, batch)).text


def test_conflict_takes_the_button_away(client, batch):
    upload(client, batch, typed(download(client, batch), {"2": {"Mobile": "9812345671"}}))
    batch.rows.filter(number=2).update(name="Somebody else")
    text = client.get(address(batch)).text
    assert ("Row 2 was changed or left out" in text, 'name="correction"' in text) == (True, False)


def test_difference_is_paged_by_row(client):
    batch = review_batch(errors=103)
    client.force_login(batch.uploaded_by)
    upload(client, batch, typed(download(client, batch), {str(n): {"Amount": "7"} for n in range(2, 105)}))
    text = client.get(address(batch)).text
    assert ("103 cells in 103 rows" in text, text.count("<tr><th"), "?after=101" in text) == (True, 101, True)
    assert client.get(address(batch) + "?after=101").text.count("<tr><th") == 4


@pytest.mark.parametrize("role", ["admin", "approver", "auditor", "owner"])
def test_only_a_maker_gets_the_workbook(client, batch, role):
    content = typed(download(client, batch), {"2": {"Mobile": "9812345671"}})
    upload(client, batch, content)
    client.force_login(person(role))
    posts = [client.post(address(batch, act)).status_code for act in ("workbook/", "apply/", "give-up/")]
    assert (posts, client.get(address(batch)).status_code) == ([403, 403, 403], 403)
    assert upload(client, batch, content).status_code == 403
    assert "with problems" not in client.get(f"/batches/{batch.pk}/").text
    assert Correction.objects.count() == 1


def test_submitted_list_has_no_corrections(client):
    batch = submitted_batch()
    client.force_login(batch.uploaded_by)
    assert [client.get(address(batch)).status_code, client.post(address(batch, "workbook/")).status_code] == [409, 409]


def test_list_without_problems_offers_no_workbook(client):
    batch = review_batch(ready=2)
    client.force_login(batch.uploaded_by)
    assert "with problems" not in client.get(f"/batches/{batch.pk}/").text
    assert client.post(address(batch, "workbook/")).status_code == 409
    assert not TrailEntry.objects.filter(event="batch exported").exists()


def test_download_is_a_workbook_with_its_hash(client, batch):
    response = client.post(address(batch, "workbook/"))
    assert (response.headers["X-Export-Rows"], "Repr-Digest" in response.headers) == ("3", True)
    assert f"batch-{batch.pk}-corrections-" in response.headers["Content-Disposition"]
    assert load_workbook(BytesIO(b"".join(response.streaming_content))).sheetnames == [SHEET, "About"]
