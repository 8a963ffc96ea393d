import base64
import hashlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from allocations.domain.cells import HEADERS
from allocations.imports.run import run_import
from allocations.models import TrailEntry, Upload
from allocations.models.uploads import UploadState
from tests.factories.batches import approved_batch, review_batch
from tests.factories.lists import BatchFactory, UploadFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def template(client):
    response = client.get("/template.xlsx")
    assert response.headers["Content-Disposition"] == 'attachment; filename="reward-points-list.xlsx"'
    return load_workbook(BytesIO(response.content))


def people(client, batch):
    response = client.post(f"/batches/{batch.pk}/people/")
    return load_workbook(BytesIO(b"".join(response.streaming_content)))


def read(book) -> Upload:
    out = BytesIO()
    book.save(out)
    batch = BatchFactory(state="checking")
    waiting = UploadFactory(batch=batch, file=ContentFile(out.getvalue(), name="list"), kind="xlsx")
    run_import(waiting.pk)
    return Upload.objects.get(pk=waiting.pk)


def test_template_keeps_every_column_but_the_amount_as_text(client):
    client.force_login(person("auditor"))
    sheet = template(client)["List"]
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}
    assert formats == {header: "0" if header == "Amount" else "@" for header in HEADERS.values()}


def test_guide_tells_each_column_and_what_becomes_of_examples(client):
    client.force_login(person("admin"))
    rows = list(template(client)["Guide"].iter_rows(values_only=True))
    assert [row[0] for row in rows[3:] if row[0]] == list(HEADERS.values())
    assert ("Mobile", "yes") in [row[:2] for row in rows]
    assert (None, None, None, "Dr", "refused: is Dr; use Mr, Mrs or Ms, or leave it empty.") in rows


def test_filled_template_is_read_without_a_question_about_its_columns(client):
    client.force_login(person("admin"))
    book = template(client)
    book["List"].append(["Ms", "Asha Rao", "asha@example.com", "9820441234", 500, "", "A-1"])
    # Somebody once meant something else by the very same headers.
    others = dict(zip(("title", "name", "remarks", "mobile", "amount", "email"), range(6), strict=True))
    UploadFactory(batch=review_batch(), state=UploadState.READY, header=list(HEADERS.values()), mapping_override=others)
    done = read(book)
    assert (done.state, done.questions, done.mapping["email"]) == (UploadState.READY, [], 2)
    assert done.notes == ["The list is made from the portal's template, so its columns are known by their names."]
    del book["Guide"]
    assert [one["code"] for one in read(book).questions] == ["remembered_columns"]


def test_template_with_other_headers_is_read_as_any_list(client):
    client.force_login(person("admin"))
    book = template(client)
    book["List"]["D1"] = "Phone"
    book["List"].append(["Ms", "Asha Rao", "asha@example.com", "9820441234", 500])
    done = read(book)
    assert (done.state, done.mapping["mobile"], done.notes) == (UploadState.READY, 3, [])


def test_people_of_an_earlier_batch_come_once_and_without_points(client):
    batch = approved_batch(credited=2, failed=1)
    client.force_login(batch.uploaded_by)
    assert f"people of batch {batch.pk}" in client.get("/batches/new/").text
    book = people(client, batch)
    _, *found = book["List"].iter_rows(values_only=True)
    wanted = batch.rows.order_by("number").values_list("name", "email", "mobile")
    assert found == [(None, *one, None, None, None) for one in wanted]
    entry = TrailEntry.objects.get(event="batch exported", batch=batch)
    assert (entry.data["kind"], entry.data["rows"], entry.data["personal_data"]) == ("list template", 3, "in full")
    done = read(book)
    causes = set(done.batch.problems.filter(severity="error").values_list("code", flat=True))
    assert (done.state, done.batch.row_count, causes) == (UploadState.READY, 3, {"amount_missing"})


def test_person_twice_in_a_batch_and_rows_left_out_or_faulty(client):
    batch = review_batch(ready=3, errors=1, left_out=1)
    first, second, third = batch.rows.filter(state="pending", error_count=0)
    batch.rows.filter(pk=second.pk).update(mobile=first.mobile, name="=cmd")
    client.force_login(batch.uploaded_by)
    _, *found = people(client, batch)["List"].iter_rows(values_only=True)
    assert [row[3] for row in found] == [first.mobile, third.mobile]


def test_its_name_has_the_day_in_india_and_its_answer_the_hash(client, monkeypatch):
    batch = review_batch()
    client.force_login(batch.uploaded_by)
    late = datetime(2026, 11, 26, 20, tzinfo=UTC)  # 27 Nov, 01:30 IST
    monkeypatch.setattr("allocations.exports.list_template.database_now", lambda: late)
    answer = client.post(f"/batches/{batch.pk}/people/")
    assert f"people-of-batch-{batch.pk}-2026-11-27.xlsx" in answer.headers["Content-Disposition"]
    sha256 = base64.b64encode(hashlib.sha256(b"".join(answer.streaming_content)).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{sha256}:"


@pytest.mark.parametrize("role", ["admin", "approver", "auditor", "owner"])
def test_only_makers_get_the_people_of_a_batch(client, role):
    batch = review_batch()
    client.force_login(person(role))
    assert client.post(f"/batches/{batch.pk}/people/").status_code == 403
    assert not TrailEntry.objects.filter(event="batch exported").exists()


def test_new_admin_is_offered_no_earlier_people(client):
    review_batch()
    client.force_login(person("admin"))
    assert "same people as before" not in client.get("/batches/new/").text
