"""Large exports on the pages: asked for, watched, handed to their owner and nobody else."""

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from allocations.exports.background import run_export
from allocations.models import ExportJob, TrailEntry
from allocations.services.export_jobs import claim_export
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.exports import ExportJobFactory
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client, settings):
    settings.EXPORT_DIRECT_ROWS = settings.SEARCH_EXPORT_ROWS = 2
    user = person("auditor")
    client.force_login(user)
    client.user = user
    return client


def at(name: str, export: ExportJob) -> str:
    return reverse(f"allocations:{name}", args=[export.pk])


def write(export: ExportJob) -> None:
    run_export(claim_export(export.pk, now=timezone.now()), wanted=None)


def ask(client, batch, **fields):
    return client.post(reverse("allocations:batch-export", args=[batch.pk]), {"kind": "csv", **fields})


def test_large_export_becomes_a_job_and_a_small_one_stays_direct(auditor):
    batch = approved_batch(credited=3, failed=1)
    response = ask(auditor, batch)
    export = ExportJob.objects.get()
    assert (response.status_code, response.url) == (302, at("export", export))
    assert (export.batch_id, export.kind, export.asked_by_id) == (batch.pk, "csv", auditor.user.pk)
    assert not TrailEntry.objects.filter(event="batch exported").exists()
    direct = ask(auditor, batch, outcome="failed")
    assert (direct["X-Export-Rows"], direct.getvalue().count(b"\r\n")) == ("1", 2)
    assert ask(auditor, batch).url == at("export", export)
    assert ExportJob.objects.count() == 1


def test_large_search_becomes_a_job_by_filter_and_is_refused_by_words(auditor):
    batch = approved_batch(credited=3)
    response = auditor.post(reverse("allocations:search-export"), {"state": "credited"})
    export = ExportJob.objects.get()
    assert (response.url, export.query, export.batch_id) == (at("export", export), "state=credited", None)
    words = {"q": batch.rows.first().name[:4]}
    assert auditor.post(reverse("allocations:search-export"), words).status_code == 422
    assert ExportJob.objects.count() == 1


@pytest.mark.parametrize("fields", [{"kind": "pdf"}, {"outcome": "success"}])
def test_what_does_not_exist_is_not_asked_for(auditor, fields):
    assert ask(auditor, approved_batch(credited=3), **fields).status_code == 422
    assert not ExportJob.objects.exists()


def test_page_watches_until_it_is_ready_and_hands_the_file_out(auditor):
    batch = approved_batch(credited=3, failed=1)
    ask(auditor, batch)
    export = ExportJob.objects.get()
    waiting = auditor.get(at("export", export)).text
    assert ("Waiting for a worker" in waiting, 'hx-trigger="every 1s"' in waiting) == (True, True)
    fragment = auditor.get(at("export", export), headers={"HX-Request": "true"})
    assert (fragment.status_code, "<html" in fragment.text) == (200, False)
    assert auditor.get(at("export-file", export)).status_code == 409
    write(export)
    done = auditor.get(at("export", export), headers={"HX-Request": "true"})
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, at("export", export))
    text = auditor.get(at("export", export)).text
    assert ("hx-trigger" in text, at("export-file", export) in text) == (False, True)
    file = auditor.get(at("export-file", export))
    content, export = file.getvalue(), ExportJob.objects.get()
    assert hashlib.sha256(content).hexdigest() == export.sha256
    assert file["Content-Disposition"] == f'attachment; filename="{export.name}"'
    assert (file["X-Export-Rows"], content.count(b"\r\n"), "no-store" in file["Cache-Control"]) == ("4", 5, True)


def test_list_has_ones_own_with_their_state(auditor):
    mine = ExportJobFactory(asked_by=auditor.user, state="failed", error="The disk is full.")
    theirs = ExportJobFactory()
    text = auditor.get(reverse("allocations:exports")).text
    assert (at("export", mine) in text, at("export", theirs) in text, "Failed" in text) == (True, False, True)
    assert "The disk is full." in auditor.get(at("export", mine)).text


def test_exports_of_others_are_not_there(auditor):
    export = ExportJobFactory()
    assert [auditor.get(at(name, export)).status_code for name in ("export", "export-file")] == [404, 404]


def test_who_lost_the_role_gets_no_file(auditor):
    ask(auditor, approved_batch(credited=3))
    export = ExportJob.objects.get()
    write(export)
    auditor.user.groups.clear()
    auditor.user.groups.add(person("owner").groups.get())
    assert [auditor.get(at(name, export)).status_code for name in ("export", "export-file")] == [403, 403]
    assert auditor.get(reverse("allocations:exports")).status_code == 403


def test_full_details_go_only_to_whoever_still_sees_them(client, settings):
    settings.EXPORT_DIRECT_ROWS = 2
    client.force_login(person("approver"))
    batch = submitted_batch(rows=3)
    ask(client, batch)
    export = ExportJob.objects.get()
    write(export)
    export.refresh_from_db()
    assert (export.in_full, batch.rows.first().mobile.encode() in client.get(at("export-file", export)).getvalue()) == (
        True,
        True,
    )
    batch.state = "review"
    batch.save(update_fields=["state"])
    refused = client.get(at("export-file", export))
    assert (refused.status_code, "you no longer see them in full" in refused.text) == (403, True)


def test_file_that_is_gone_is_told(auditor):
    ask(auditor, approved_batch(credited=3))
    export = ExportJob.objects.get()
    write(export)
    export.refresh_from_db()
    export.file.storage.delete(export.file.name)
    answer = auditor.get(at("export-file", export))
    assert (answer.status_code, "no longer has the file" in answer.text) == (409, True)


def test_silent_worker_is_told(auditor):
    export = ExportJobFactory(asked_by=auditor.user, state="writing", asked_at=timezone.now(), seen_at=None)
    ExportJob.objects.filter(pk=export.pk).update(asked_at=timezone.now() - timedelta(minutes=3))
    assert "No worker has reported for 3 min" in auditor.get(at("export", export)).text
