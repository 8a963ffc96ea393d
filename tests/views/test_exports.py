import base64
import hashlib
import re

import pytest
from django.urls import reverse

from allocations.exports.kinds import FileKind
from allocations.exports.tallies import FILTERS
from allocations.models import Chunk, TrailEntry
from tests.factories.batches import approved_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


def export(client, batch, **fields):
    return client.post(reverse("allocations:batch-export", args=[batch.pk]), {"kind": "csv", **fields})


@pytest.fixture
def admin(client):
    client.force_login(person("admin"))
    return client


def test_export_is_an_attachment_with_its_own_name_and_hash(admin):
    batch = approved_batch(credited=2)
    answer = export(admin, batch)
    content = answer.getvalue()

    assert answer.status_code == 200
    name = re.fullmatch(r'attachment; filename="(.+)"', answer["Content-Disposition"])[1]
    assert re.fullmatch(rf"batch-{batch.pk}-\d{{4}}-\d\d-\d\d-safe\.csv", name)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"
    assert content.count(b"\r\n") == 3


def test_export_states_its_figures_in_headers(admin):
    batch = approved_batch(credited=2, failed=1)
    answer = export(admin, batch)
    answer.getvalue()

    assert answer["X-Export-Rows"] == "3"
    assert answer["X-Export-Points"] == "1500"
    assert answer["X-Export-Credited-Points"] == "1000"
    assert answer["X-Export-Batch-Digest"] == batch.digest


def test_export_as_xlsx_is_a_workbook(admin):
    answer = export(admin, approved_batch(), kind="xlsx", outcome="credited")

    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.getvalue()[:2] == b"PK"


def test_export_by_get_is_not_possible_and_writes_nothing(admin):
    batch = approved_batch()

    assert admin.get(reverse("allocations:batch-export", args=[batch.pk])).status_code == 405
    assert not TrailEntry.objects.filter(event="batch exported").exists()


def test_export_without_csrf_token_is_refused(client):
    client.handler.enforce_csrf_checks = True
    client.force_login(person("admin"))

    assert export(client, approved_batch()).status_code == 403


def test_export_twice_leaves_two_entries(admin):
    batch = approved_batch()
    for _ in range(2):
        export(admin, batch).getvalue()

    assert TrailEntry.objects.filter(event="batch exported", batch=batch).count() == 2


def test_export_asks_for_a_login_first(client):
    batch = approved_batch()
    address = reverse("allocations:batch", args=[batch.pk])

    answer = export(client, batch)

    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('account_login')}?next={address}")


@pytest.mark.parametrize("roles", [(), ("owner",)])
def test_export_needs_a_role(client, roles):
    client.force_login(person(*roles))

    answer = export(client, approved_batch())

    assert answer.status_code == 403
    assert "you need the role" in answer.content.decode()


def test_export_for_an_auditor_is_masked(client):
    client.force_login(person("auditor"))
    batch = approved_batch(credited=1)
    row = batch.rows.get()

    content = export(client, batch).getvalue().decode()

    assert f"******{row.mobile[-4:]}" in content
    assert (row.mobile in content, row.email in content) == (False, False)


def test_export_that_does_not_add_up_is_a_sentence_and_no_file(admin):
    batch = approved_batch(failed=2)
    Chunk.objects.filter(run__batch=batch).update(failed=3)

    answer = export(admin, batch)

    assert answer.status_code == 409
    assert "Nothing was exported." in answer.content.decode()
    assert "Content-Disposition" not in answer


@pytest.mark.parametrize("fields", [{"kind": "pdf"}, {"kind": ""}, {"outcome": "success"}])
def test_export_of_another_kind_or_outcome_is_refused(admin, fields):
    assert export(admin, approved_batch(), **fields).status_code == 422


def test_export_of_a_batch_that_is_not_there_is_not_found(admin):
    assert admin.post(reverse("allocations:batch-export", args=[10**9]), {"kind": "csv"}).status_code == 404


def test_batch_page_offers_kinds_and_outcomes_that_exist(admin):
    batch = approved_batch(credited=1, failed=1, unknown=1)
    page = admin.get(reverse("allocations:batch", args=[batch.pk])).content.decode()
    form = page[page.index(reverse("allocations:batch-export", args=[batch.pk])) :]

    assert set(re.findall(r'<option value="(.*?)"', form.partition("</form>")[0])) <= {"", *FILTERS}
    assert set(re.findall(r'name="kind" value="(.*?)"', form)) == set(FileKind)


def offered(client, batch) -> dict[str, str]:
    """Outcomes that the page of the batch offers for an export, with their rows."""
    page = client.get(reverse("allocations:batch", args=[batch.pk])).text
    select = page[page.index('id="export-outcome"') :].partition("</select>")[0]
    return dict(re.findall(r'<option value="([^"]+)">[^(]+\((\d+)\)', select))


def test_every_outcome_of_the_batch_that_lasts_is_offered_and_can_be_exported(admin):
    counts = {"credited": 1, "failed": 2, "unknown": 1, "conflict": 1, "anomaly": 1, "pending": 1, "cancelled": 3}
    batch = approved_batch(run_state="paused", left_out=2, **counts)
    chosen = offered(admin, batch)
    assert chosen.keys() == FILTERS.keys() - {"being sent"}
    for word, rows in chosen.items():
        answer = export(admin, batch, outcome=word)
        assert (answer.getvalue() != b"", answer["X-Export-Rows"]) == (True, rows), word


def test_an_outcome_without_rows_is_not_offered(admin):
    assert offered(admin, approved_batch(credited=1)) == {"credited": "1"}


def test_exact_csv_has_every_text_as_it_is_and_the_page_warns_of_it(admin):
    batch = approved_batch(credited=1)
    batch.rows.update(reason="=1+1 — हिन्दी")
    exact, safe = export(admin, batch, kind="csv-exact"), export(admin, batch)
    assert exact["Content-Disposition"].endswith('-exact.csv"')
    assert '"=1+1 — हिन्दी"' in exact.getvalue().decode()
    assert '"\'=1+1 — हिन्दी"' in safe.getvalue().decode()
    kinds = [entry.data["kind"] for entry in TrailEntry.objects.filter(event="batch exported").order_by("pk")]
    assert kinds == ["csv-exact", "csv"]
    page = admin.get(reverse("allocations:batch", args=[batch.pk])).text
    assert "Do not open the exact one in a spreadsheet" in page
