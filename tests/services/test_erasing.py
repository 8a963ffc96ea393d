"""Personal data go after their time, everywhere, and what an outsider checks still holds."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from allocations import gateway
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.retention import ERASED
from allocations.jobs import retention as job
from allocations.models import Attempt, Batch, Chunk, ExportJob, Proposal, Reversal, Row, TrailEntry, Upload
from allocations.selectors.accepting import to_be_seen
from allocations.services import batches, erasing, exceptions, export_jobs, recovering, replacing, reruns, reversals
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch
from tests.factories.batches import approved_batch, refused_batch, review_batch, submitted_batch
from tests.factories.exports import ExportJobFactory
from tests.factories.lists import ProblemFactory
from tests.factories.people import UserFactory, actor
from tests.factories.questions import answer, ask, take_back
from tests.factories.reversals import ReversalAttemptFactory, reversal_in
from tests.factories.runs import AttemptFactory
from tests.services.conftest import Portal
from tests.services.test_bundles import bundle, key, seal, verified

__all__ = ["key"]
pytestmark = pytest.mark.django_db(transaction=True)
DAYS = 100


def aged(batch: Batch, *, days: int = DAYS + 1) -> Batch:
    """As if everything in it had happened so long ago."""
    then = gateway.database_now() - timedelta(days=days)
    Batch.objects.filter(pk=batch.pk).update(created_at=then, changed_at=then)
    batch.runs.filter(settled_at__isnull=False).update(settled_at=then)
    Reversal.objects.filter(row__batch=batch).update(requested_at=then)
    Reversal.objects.filter(row__batch=batch, outcome_at__isnull=False).update(outcome_at=then)
    batch.refresh_from_db()
    return batch


def everything() -> str:
    """Every value of every table of the portal."""
    values = [row for model in apps.get_app_config("allocations").get_models() for row in model.objects.values_list()]
    return repr(values)


def people() -> set[str]:
    rows = Row.objects.values_list("name", "email", "mobile", "remarks", "client_reference")
    return {value for row in rows for value in row if value}


def sent_batch(portal: Portal) -> Batch:
    """Run to its end, with findings and everything that can hold a name."""
    batch = portal.drain(portal.approved_run(rows=4)).batch
    row = batch.rows.get(number=2)
    ProblemFactory(row=row, severity="warning", found=row.mobile, message=f"looks made up ({row.mobile}).")
    Row.objects.filter(pk=row.pk).update(
        client_reference="EMP-77", raw={"mobile": f"+91 {row.mobile}"}, reason=f"{row.mobile} is with another company"
    )
    Upload.objects.filter(batch=batch).update(sample=[[row.name], [row.mobile]])
    Attempt.objects.filter(chunk__run__batch=batch).update(message=row.email)
    return batch


def test_nobody_is_left_anywhere_and_figures_stay(portal: Portal) -> None:
    batch = sent_batch(portal)
    before, known = list(batch.rows.values_list("reference", "amount", "transaction_id", "state")), people()
    files = [upload.file for upload in batch.uploads.all()]
    assert erasing.erase_batch(aged(batch).pk, days=DAYS)
    told = everything()
    assert [value for value in known if value in told] == []
    assert list(batch.rows.values_list("reference", "amount", "transaction_id", "state")) == before
    assert [file.storage.exists(file.name) for file in files] == [False]
    assert {bytes(body) for body in Attempt.objects.values_list("body", flat=True)} == {b""}


def test_files_of_large_exports_go_with_the_people_in_them(portal: Portal) -> None:
    batch, other = sent_batch(portal), approved_batch(credited=1)
    ready = {"state": "ready", "sha256": "ab" * 32, "expires_at": gateway.database_now() + timedelta(days=3)}
    exports = [
        ExportJobFactory(batch=batch, epoch=1, **ready, file="x"),
        ExportJobFactory(batch=None, query="year=2026", epoch=1, **ready, file="x"),
        ExportJobFactory(batch=other, epoch=1, **ready, file="x"),
    ]
    paths = [Path(default_storage.path(f"{export_jobs.FOLDER}/{export.pk}-1")) for export in exports]
    paths[0].parent.mkdir(parents=True, exist_ok=True)
    for path in paths:
        path.write_bytes(b"Asha")
    erasing.erase_batch(aged(batch).pk, days=DAYS)
    assert [path.exists() for path in paths] == [False, False, True]
    assert [ExportJob.objects.get(pk=export.pk).state for export in exports] == ["gone", "gone", "ready"]
    whys = {entry.data["why"] for entry in TrailEntry.objects.filter(event="export deleted")}
    assert whys == {"personal data were erased"}


def test_the_trail_and_bundles_of_before_and_after_verify(portal: Portal, key, tmp_path, settings) -> None:
    batch = sent_batch(portal)
    seal(portal)
    old = bundle(portal, batch, tmp_path / "old.zip")
    erasing.erase_batch(aged(batch).pk, days=DAYS)
    portal.clock.forward(hours=1)
    seal(portal)
    new = bundle(portal, batch, tmp_path / "new.zip")
    kept = ("--key", key, "--seals", settings.TRAIL_SEALS_FILE)
    call_command("verify_trail", *kept, stdout=StringIO())
    assert verified(old)[0] == 0
    code, told = verified(new, *kept)
    assert (code, "4 rows (4 credited), 400.00 points credited" in told) == (0, True), told
    assert "that its rows' contents are those approved. The bundle is without details." in told


def test_the_trail_tells_of_it_once(portal: Portal) -> None:
    batch = aged(sent_batch(portal))
    assert [erasing.erase_batch(batch.pk, days=DAYS) for _ in range(2)] == [True, False]
    entry = TrailEntry.objects.get(event="personal data erased")
    assert entry.actor is None
    assert entry.data == {"rows": 4, "after_days": DAYS, "files": ["ab" * 32]}


def young_reversal(batch: Batch) -> None:
    reversal_in("reversed", row=batch.rows.first(), requested_at=gateway.database_now())


NOT_YET = {
    "a young one": lambda batch: aged(batch, days=DAYS - 1),
    "submitted": lambda _: aged(submitted_batch()),
    "running": lambda batch: batch.runs.update(state="running"),
    "unknown rows": lambda batch: Chunk.objects.filter(run__batch=batch).update(unknown=1),
    "an unread answer": lambda batch: AttemptFactory(
        chunk=Chunk.objects.get(run__batch=batch), number=9, state="resolved", result=""
    ),
    "a reversal asked for": lambda batch: reversal_in("proposed", row=batch.rows.first()),
    "a held reversal": lambda batch: reversal_in("failed", row=batch.rows.first(), pause_code="taken_after_all"),
    "a young reversal": young_reversal,
    "an open decision": lambda batch: Proposal.objects.create(
        batch=batch,
        outcome="failed",
        statement="As the statement says.",
        proposed_by=UserFactory(),
        proposed_at=gateway.database_now(),
    ),
}


@pytest.mark.parametrize("happen", NOT_YET.values(), ids=NOT_YET)
def test_a_batch_with_anything_open_or_young_is_left_alone(happen) -> None:
    batch = aged(approved_batch(credited=2))
    happen(batch)
    waiting = Batch.objects.latest("pk")
    assert not erasing.erase_batch(waiting.pk, days=DAYS)


def test_nothing_is_erased_while_the_portal_recovers() -> None:
    batch = aged(approved_batch(credited=1))
    recovering.begin(now=gateway.database_now(), timing=gateway.timing(), why="Restored.")
    assert not erasing.erase_batch(batch.pk, days=DAYS)


def test_without_a_time_nothing_is_ever_erased() -> None:
    assert not erasing.erase_batch(aged(approved_batch(credited=1)).pk, days=0)


def test_a_reversal_that_slips_in_between_stops_it(monkeypatch) -> None:
    batch = aged(approved_batch(credited=1))
    monkeypatch.setattr(erasing, "open_reversals", lambda _: Reversal.objects.filter(pk=slipped.pk))
    slipped = reversal_in("proposed")
    with pytest.raises(StateConflict, match="just being taken back"):
        erasing.erase_batch(batch.pk, days=DAYS)
    assert not Row.objects.filter(payload_hash=ERASED).exists()


@pytest.mark.parametrize("make", [review_batch, refused_batch])
def test_a_list_that_nobody_submitted_goes_too_and_is_not_taken_up_again(make) -> None:
    batch = aged(make())
    assert erasing.erase_batch(batch.pk, days=DAYS)
    with pytest.raises(StateConflict, match="Upload a list as a new batch"):
        batches.replace_list(
            actor("admin"), batch_id=batch.pk, file_name="a.csv", content=ContentFile(b"Name"), kind="file"
        )


def test_what_needs_to_know_people_is_refused(portal: Portal) -> None:
    batch = approved_batch(failed=1, credited=1)
    failed, credited = batch.rows.order_by("-state")
    erasing.erase_batch(aged(batch).pk, days=DAYS)
    with pytest.raises(StateConflict, match="were erased"):
        reruns.rerun_failed_rows(portal.maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match="were erased"):
        reversals.request_reversal(portal.maker, row_id=credited.pk, amount=1, reason="Wrong", form_key=uuid4())
    with pytest.raises((StateConflict, InvalidInput), match="were erased"):
        replacing.replace_rows(
            portal.maker, batch_id=batch.pk, numbers=[failed.number], form_key=uuid4(), gateway=portal.gateway
        )


def test_answers_and_words_about_reversals_go(portal: Portal) -> None:
    batch = approved_batch(credited=1)
    done = reversal_in("reversed", row=batch.rows.get(), said="taken from 98765 43210")
    ReversalAttemptFactory(reversal=done, message="98765 43210")
    ReversalAttemptFactory(reversal=done, number=2, state="not_sent", body=None, answered_at=None)
    aged(batch)
    assert erasing.erase_batch(batch.pk, days=DAYS)
    assert "43210" not in everything()
    assert list(done.attempts.values_list("body", flat=True))[1] is None


def test_what_was_asked_and_answered_goes_and_what_binds_it_stays(portal: Portal) -> None:
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk)
    asked, taken = ask(portal.approver, batch), ask(portal.approver, batch, "And Zubin Mistry?")
    answer(portal.maker, asked, "Asha Rao has five years.")
    take_back(portal.approver, taken, "Zubin Mistry called me.")
    shown = {"version": batch.version, "digest": batch.digest, "seen": to_be_seen(batch)}
    portal.drain(approve_batch(portal.approver, batch_id=batch.pk, **shown))
    said = [asked, taken, asked.replies.get(), taken.replies.get()]
    assert erasing.erase_batch(aged(batch).pk, days=DAYS)
    told = everything()
    assert [word for word in ("Asha Rao,", "Zubin", "five years", *(one.salt for one in said)) if word in told] == []
    for one in said:
        kept = one.sha256
        one.refresh_from_db()
        assert (one.text, one.salt, one.sha256) == ("", "", kept)


def test_evidence_goes_and_says_so(portal: Portal) -> None:
    batch = aged(approved_batch(failed=1))
    when = gateway.database_now()
    proposal = Proposal.objects.create(
        batch=batch,
        outcome="failed",
        statement="As the statement says.",
        file=ContentFile(b"a statement", name="statement.pdf"),
        file_sha256="cd" * 32,
        state="withdrawn",
        proposed_by=UserFactory(),
        proposed_at=when,
        decided_at=when,
    )
    assert erasing.erase_batch(batch.pk, days=DAYS)
    assert not proposal.file.storage.exists(proposal.file.name)
    with pytest.raises(StateConflict, match="evidence was erased"):
        exceptions.open_evidence(actor("auditor"), proposal_id=proposal.pk)


def test_files_that_were_left_behind_go_with_the_next_round(settings, monkeypatch) -> None:
    batch = aged(approved_batch(credited=1))
    with monkeypatch.context() as broken:
        broken.setattr(erasing, "_remove_files", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erasing.erase_batch(batch.pk, days=DAYS)
    rung: list[int] = []
    monkeypatch.setattr(erasing.queue, "ring_erasure", rung.append)
    monkeypatch.setattr(job.connections, "close_all", lambda: None)
    for _ in range(2):
        erasing.ring_due(now=gateway.database_now())
        job.erase_batch(batch.pk)
    assert rung == [batch.pk]
    stored = batch.uploads.get().file
    assert not stored.storage.exists(stored.name)


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (DAYS, 1), (DAYS + 2, 0)])
def test_the_sweeper_rings_for_what_is_due(settings, monkeypatch, days: int, expected: int) -> None:
    settings.PERSONAL_DATA_DAYS = days
    aged(approved_batch(credited=1))
    rung: list[int] = []
    monkeypatch.setattr(erasing.queue, "ring_erasure", rung.append)
    erasing.ring_due(now=gateway.database_now())
    assert len(rung) == expected


def test_the_command_names_erases_and_refuses(settings) -> None:
    batch = aged(approved_batch(credited=1))
    for days, words in ((None, {}), (20, {"days": 20})):
        settings.PERSONAL_DATA_DAYS = days or 0
        with pytest.raises(CommandError, match="90 or more"):
            call_command("erase_personal_data", **words)
    out = StringIO()
    call_command("erase_personal_data", days=DAYS, dry_run=True, stdout=out)
    call_command("erase_personal_data", days=DAYS, stdout=out)
    call_command("erase_personal_data", days=DAYS, stdout=out)
    assert out.getvalue() == f"batch {batch.pk} would be erased\nbatch {batch.pk} was erased\n"


def test_the_command_goes_on_after_one_that_cannot_be(monkeypatch) -> None:
    first, second = (aged(approved_batch(credited=1)) for _ in range(2))
    slipped = reversal_in("proposed")
    monkeypatch.setattr(
        erasing,
        "open_reversals",
        lambda batch_id: Reversal.objects.filter(pk=slipped.pk if batch_id == first.pk else 0),
    )
    out, err = StringIO(), StringIO()
    call_command("erase_personal_data", days=DAYS, stdout=out, stderr=err)
    assert out.getvalue() == f"batch {second.pk} was erased\n"
    assert "just being taken back" in err.getvalue()
