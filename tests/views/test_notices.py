import pytest
from django.utils import timezone

from allocations.models import MutedMail, Notice
from tests.factories.batches import submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(client):
    sudha = person("approver", email="sudha@example.com")
    client.force_login(sudha)
    return Notice.objects.create(
        kind="to_approve", key="entry 1", person=sudha, batch=submitted_batch(), at=timezone.now()
    )


def test_inbox_counts_and_lists_what_is_new(client, told):
    text = client.get("/notices/").text
    assert f'href="/batches/{told.batch_id}/approval/">To approve: batch {told.batch_id}' in text
    assert ('<span class="visually-hidden">open: </span>1' in client.get("/").text, ">New<" in text) == (True, True)


def test_reading_changes_nothing_and_the_button_marks_all(client, told):
    client.get("/notices/")
    assert Notice.objects.filter(read_at__isnull=True).count() == 1
    text = client.post("/notices/", follow=True).text
    assert (Notice.objects.filter(read_at__isnull=True).count(), ">New<" in text) == (0, False)


def test_somebody_elses_notices_are_not_shown(client, told):
    client.force_login(person("approver"))
    text = client.get("/notices/").text
    assert ("Nothing yet." in text, "no e-mail address of you" in text) == (True, True)


def test_mails_are_chosen_by_kind(client, told):
    text = client.post("/notices/mail/", {"kind": ["to_approve", "settled", "made up"]}, follow=True).text
    assert set(MutedMail.objects.values_list("kind", flat=True)) == {
        *("sent_back", "approved", "paused", "unknown", "question", "answer")
    }
    assert text.count('name="kind"') == 8
    assert text.count(" checked>") == 2
