"""Lines of the table that need the portal around the file: requests, other batches, people."""

import json
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from allocations.domain.errors import NotAllowed
from allocations.imports.run import run_import
from allocations.models import Batch, Problem, Row, Upload
from allocations.selectors.accepting import to_be_seen
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from tests.factories.accepting import accept_all
from tests.factories.lists import AccountFactory, RowFactory
from tests.factories.people import known, person
from tests.imports.books import book
from tests.imports.cases.case import LIST, one_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def meera(client):
    user = person("admin", email="meera@example.com", first_name="Meera", last_name="Nair")
    client.force_login(user)
    return user


def form(*files: SimpleUploadedFile, **changes: object) -> dict[str, object]:
    return {"purpose": "Diwali", "account": AccountFactory().pk, "who": "everybody", "file": list(files)} | changes


def uploaded(client, content: bytes, *, name: str = "list.csv", said: str = "text/csv") -> Upload:
    response = client.post("/batches/new/", form(SimpleUploadedFile(name, content, content_type=said)))
    assert response.status_code == 302
    run_import(Upload.objects.latest("pk").pk)
    return Upload.objects.select_related("batch").latest("pk")


def test_case_102_reference_of_an_earlier_batch(client, meera):
    earlier = RowFactory(client_reference="EMP-1", number=8, state="failed")
    upload = uploaded(client, one_row(client_reference="EMP-1"))
    (problem,) = Problem.objects.filter(batch=upload.batch)
    expected = f"was already used in batch {earlier.batch_id}, row 8 (failed). Give the row a new one."
    assert (problem.number, problem.field, problem.severity) == (2, "client_reference", "error")
    assert problem.message == expected


def test_case_113_upload_above_the_limit(client, meera, settings):
    """The body is refused unread; tests/rewards_portal/test_bodies.py proves that."""
    settings.UPLOAD_MAX_BYTES = 1_000
    huge = SimpleUploadedFile("list.csv", LIST.encode() * 20_000)
    assert client.post("/batches/new/", form(huge)).status_code == 413
    slightly = client.post("/batches/new/", form(SimpleUploadedFile("list.csv", LIST.encode() * 40)))
    assert (slightly.status_code, "at most 1,000 are read. Split the list." in slightly.text) == (422, True)
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        pytest.param("../../etc/list.csv", "list.csv", id="case_115_path"),
        pytest.param("li\x07st\x1b.csv", "list.csv", id="case_115_control"),
        pytest.param("a" * 496 + ".csv", "a" * 251 + ".csv", id="case_115_long"),
        pytest.param("tsil\u202evsc.csv", "tsilvsc.csv", id="case_115_rtl"),
        pytest.param("<b>list.csv", "<b>list.csv", id="case_115_markup"),
    ],
)
def test_file_name_is_shown_and_never_a_path(client, meera, settings, name, kept):
    upload = uploaded(client, LIST.encode(), name=name)
    assert upload.file_name == kept
    stored = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    assert ([path.suffix for path in stored], kept in str(stored[0])) == ([".list"], False)
    text = client.get(f"/batches/{upload.batch_id}/").text
    assert kept.replace("<", "&lt;").replace(">", "&gt;") in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("list.csv", "application/vnd.ms-excel", id="case_116_csv_as_excel"),
        pytest.param("list.xlsx", "text/csv", id="case_116_workbook_as_csv"),
        pytest.param("list.csv", "image/png", id="case_116_csv_as_image"),
    ],
)
def test_content_decides_not_the_content_type(client, meera, tmp_path, name, said):
    workbook = book(tmp_path / "b.xlsx", ["Asha", 9812345671, 100], ["Ravi", 9812345672, 250])
    content = workbook.read_bytes() if name.endswith("xlsx") else LIST.encode()
    upload = uploaded(client, content, name=name, said=said)
    assert (upload.state, list(Row.objects.values_list("name", flat=True))) == ("ready", ["Asha", "Ravi"])


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        pytest.param(2, "Several files came at once. Choose one file.", id="case_117_two"),
        pytest.param(0, "No list yet. Choose a file, or paste the lines of a spreadsheet.", id="case_117_none"),
    ],
)
def test_one_file_is_needed(client, meera, files, sentence):
    sent = [SimpleUploadedFile("list.csv", LIST.encode()) for _ in range(files)]
    response = client.post("/batches/new/", form(*sent))
    assert (response.status_code, sentence in response.text, Upload.objects.count()) == (422, True, 0)


def test_case_118_ten_thousand_fields(client, meera):
    fields = {f"field{n}": "x" for n in range(10_000)}
    response = client.post("/batches/new/", form(SimpleUploadedFile("list.csv", LIST.encode()), **fields))
    assert (response.status_code, "It has too many fields or files" in response.text) == (400, True)
    assert Upload.objects.count() == 0


def test_case_123_rows_keep_the_numbers_of_the_file_and_the_list_its_sha256(client, meera):
    """What an error download is compared with when it comes back."""
    content = b"Name,Mobile,Amount\nAsha,9812345671,100\n\n,,\nRavi,9812345672,250\n"
    upload = uploaded(client, content)
    batch = submit_batch(known(meera), batch_id=upload.batch_id)
    manifest = json.loads(batch.manifest)
    assert list(Row.objects.values_list("number", "name")) == [(2, "Asha"), (5, "Ravi")]
    assert upload.sha256 == manifest["file_sha256"] == sha256(content).hexdigest()


def test_case_125_own_row_of_the_uploader(client, meera):
    upload = uploaded(client, one_row(email="Meera@example.com"))
    (problem,) = Problem.objects.filter(batch=upload.batch)
    said = "is that of Meera Nair, who uploaded this list. Nobody approves points for themselves."
    assert (problem.number, problem.field, problem.severity, problem.message) == (2, "email", "warning", said)


def test_case_125_own_row_of_the_approver(client, meera):
    zoya = person("approver", email="zoya@example.com", first_name="Zoya", last_name="Khan")
    batch = submitted_with(client, meera, email="ZOYA@example.com")
    (problem,) = Problem.objects.filter(batch=batch)
    assert problem.message == "is that of Zoya Khan, an approver. Nobody approves points for themselves."
    with pytest.raises(NotAllowed, match=r"^Row 2 has your own e-mail address\. Another approver must decide"):
        approve_batch(known(zoya), batch_id=batch.pk, version=batch.version, digest=batch.digest)
    batch.refresh_from_db()
    assert batch.state == "submitted"


def test_case_125_somebody_who_became_an_approver_later(client, meera):
    batch = submitted_with(client, meera, email="new@example.com")
    late, other = person("approver", email="new@example.com"), person("approver")
    with pytest.raises(NotAllowed):
        approve_batch(known(late), batch_id=batch.pk, version=batch.version, digest=batch.digest)
    seen = to_be_seen(batch)
    assert approve_batch(known(other), batch_id=batch.pk, version=batch.version, digest=batch.digest, seen=seen).pk


def submitted_with(client, maker, **cells: str) -> Batch:
    upload = uploaded(client, one_row(**cells))
    accept_all(known(maker), upload.batch_id)
    return submit_batch(known(maker), batch_id=upload.batch_id)
