from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from allocations.models import Notice
from allocations.services import mailing
from tests.factories.batches import submitted_batch
from tests.factories.people import person

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def notice():
    sudha = person("approver", email="sudha@example.com")
    return Notice.objects.create(
        kind="to_approve", key="entry 1", person=sudha, batch=submitted_batch(), at=NOW, mail="wanted", mail_next_at=NOW
    )


def send(after=timedelta(0)):
    return mailing.send_due(now=NOW + after, word=lambda one: mailing.Mail(f"Batch {one.batch_id}", "See it."))


def now_is(notice):
    notice.refresh_from_db()
    return notice.mail, notice.mail_tries, notice.mail_next_at - NOW


def fail(monkeypatch, method, error):
    def raising(*_):
        raise error

    monkeypatch.setattr(EmailBackend, method, raising)


def test_mail_goes_once(notice):
    assert (send(), send()) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["sudha@example.com"], f"Batch {notice.batch_id}", "See it.")
    assert now_is(notice)[0] == "sent"


def test_a_server_that_does_not_answer_is_tried_later_and_at_last_given_up(notice, monkeypatch):
    fail(monkeypatch, "open", ConnectionRefusedError())
    assert (send(), now_is(notice)) == (0, ("wanted", 1, timedelta(minutes=1)))
    assert send(timedelta(seconds=59)) == 0
    assert now_is(notice)[1] == 1
    for _ in range(7):
        Notice.objects.update(mail_next_at=NOW)
        send()
    assert now_is(notice)[:2] == ("given_up", 8)
    assert send(timedelta(days=9)) == 0


@pytest.mark.parametrize("error", [SMTPRecipientsRefused({}), SMTPDataError(451, b"later")])
def test_a_refused_mail_is_tried_again(notice, monkeypatch, error):
    with monkeypatch.context() as broken:
        fail(broken, "send_messages", error)
        assert send() == 0
    assert now_is(notice) == ("wanted", 1, timedelta(minutes=1))
    assert send(timedelta(minutes=1)) == 1


@pytest.mark.parametrize("error", [SMTPServerDisconnected("gone"), TimeoutError()])
def test_a_mail_that_may_have_gone_is_never_sent_again(notice, monkeypatch, error):
    with monkeypatch.context() as broken:
        fail(broken, "send_messages", error)
        send()
    assert now_is(notice)[0] == "unsure"
    assert send(timedelta(days=1)) == 0


def test_a_mail_that_another_process_has_claimed_is_left_alone(notice, monkeypatch):
    monkeypatch.setattr(EmailBackend, "open", lambda _: Notice.objects.update(mail="sending"))
    assert (send(), mail.outbox) == (0, [])
