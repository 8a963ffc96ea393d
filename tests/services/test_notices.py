from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from allocations.domain.notices import NoticeKind
from allocations.models import MutedMail, Notice, NoticeCursor
from allocations.presenters.notices import line, mail
from allocations.services import notices, trail
from allocations.services.sealing import link_entries
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.people import known, person
from tests.factories.questions import answer, ask, take_back

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def approver():
    return person("approver", email="sudha@example.com")


@pytest.fixture
def batch(approver):
    NoticeCursor.objects.update_or_create(pk=1, defaults={"number": 0})
    return submitted_batch()


def happen(event, batch, *, by=None, run=None, **data):
    thing = {"object_type": "run", "object_id": run.pk} if run else {"object_type": "batch", "object_id": batch.pk}
    with transaction.atomic():
        return trail.write_entry(event, at=NOW, batch_id=batch.pk, actor=by and known(by), **thing, **data)


def collect():
    link_entries()
    return notices.collect(now=NOW)


def told():
    return set(Notice.objects.values_list("kind", "person_id", "mail"))


def test_a_submitted_batch_is_told_to_approvers_by_mail_too(batch, approver):
    without_address, gone = person("approver"), person("approver", is_active=False)
    entry = happen("batch submitted", batch, by=batch.uploaded_by)
    assert collect() == 2
    assert told() == {("to_approve", approver.pk, "wanted"), ("to_approve", without_address.pk, "none")}
    assert Notice.objects.filter(entry=entry, at=NOW).count() == 2
    assert not Notice.objects.filter(person=gone).exists()


def test_nothing_is_told_twice(batch, approver):
    happen("batch submitted", batch, by=batch.uploaded_by)
    assert (collect(), collect()) == (1, 0)
    NoticeCursor.objects.update(number=0)
    assert collect() == 0


def test_each_submission_is_told(batch, approver):
    for _ in range(2):
        happen("batch submitted", batch, by=batch.uploaded_by)
        collect()
    assert Notice.objects.count() == 2


def test_what_is_not_linked_yet_waits(batch, approver):
    happen("batch submitted", batch, by=batch.uploaded_by)
    assert notices.collect(now=NOW) == 0
    assert collect() == 1


@pytest.mark.parametrize(("event", "kind"), [("run pause", "paused"), ("run settle", "settled")])
def test_what_becomes_of_a_run_is_told_to_makers_and_approver(approver, event, kind):
    batch = approved_batch(approved_by=approver)
    run = batch.runs.get()
    happen(event, batch, run=run, why="balance")
    collect()
    assert {(one.kind, one.person_id, one.run_id) for one in Notice.objects.all()} == {
        (kind, who, run.pk) for who in {approver.pk, *batch_makers(batch)}
    }


def test_a_question_is_told_to_the_makers_and_its_answer_to_who_asked(batch, approver):
    maker, editor = batch.uploaded_by, person("admin", email="ravi@example.com")
    batch.editors.create(user=editor)
    question = ask(known(approver), batch)
    assert collect() == 2
    assert told() == {("question", maker.pk, "none"), ("question", editor.pk, "wanted")}
    answer(known(editor), question)
    assert collect() == 1
    told_last = Notice.objects.first()
    assert (told_last.kind, told_last.person, told_last.mail) == ("answer", approver, "wanted")
    words = [mail(one) for one in Notice.objects.all()]
    assert [one for one in words if "Asha Rao, " in one.text or "award" in one.text] == []
    assert f"{editor.get_full_name()} answered." in line(told_last).detail


def test_a_question_that_was_taken_back_is_not_told(batch, approver):
    question = ask(known(approver), batch)
    collect()
    take_back(known(approver), question)
    assert collect() == 0


def batch_makers(batch):
    return {batch.uploaded_by_id, batch.submitted_by_id} - {None}


def test_other_events_are_not_told(batch, approver):
    happen("batch exported", batch, by=approver)
    assert (collect(), told()) == (0, set())


def test_a_muted_kind_comes_without_mail(batch, approver):
    notices.choose_mails(known(approver), wanted=frozenset(NoticeKind) - {NoticeKind.TO_APPROVE})
    assert MutedMail.objects.get().kind == "to_approve"
    happen("batch submitted", batch, by=batch.uploaded_by)
    collect()
    assert told() == {("to_approve", approver.pk, "none")}
    notices.choose_mails(known(approver), wanted=frozenset(NoticeKind))
    assert not MutedMail.objects.exists()


@pytest.mark.parametrize(("age", "count"), [(59, 0), (61, 1)])
def test_rows_that_are_unknown_for_long_are_told_once_a_run(settings, age, count):
    settings.UNKNOWN_ROWS_MINUTES = 60
    run = approved_batch(run_state="running", unknown=1).runs.get()
    run.chunks.update(quiet_since=NOW - timedelta(minutes=age), unknown=1)
    collect()
    assert Notice.objects.values("run").distinct().count() == count
    assert collect() == 0


def test_everybody_marks_their_own_as_read(batch, approver):
    other = person("approver")
    happen("batch submitted", batch, by=batch.uploaded_by)
    collect()
    notices.mark_read(known(other))
    assert set(Notice.objects.filter(read_at__isnull=False).values_list("person_id", flat=True)) == {other.pk}
