"""Mails of notices: claimed before they are sent, so that nobody gets one twice, and tried again where none can have
gone. As with points: what may have arrived is not sent again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

import structlog
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from allocations.domain.notices import MOST_TRIES, MailState
from allocations.models import Notice

logger = structlog.get_logger(__name__)
# Of one round: the sweeper has other things to do.
_AT_ONCE = 20
_FIRST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str


def send_due(*, now: datetime, word: Callable[[Notice], Mail]) -> int:
    """Sends what is due, oldest first; how many went. `word` makes the words of one."""
    due = list(
        Notice.objects.filter(mail=MailState.WANTED, mail_next_at__lte=now)
        .select_related("person", "batch", "run", "entry__actor")
        .order_by("mail_next_at", "pk")[:_AT_ONCE]
    )
    if not due:
        return 0
    server = get_connection()
    try:
        server.open()
    except (OSError, SMTPException) as error:
        logger.warning("the mail server does not answer", error=str(error))
        for notice in due:
            _try_later(notice, now=now)
        return 0
    try:
        return sum(_send(notice, word(notice), server=server, now=now) for notice in due)
    finally:
        server.close()


def _send(notice: Notice, mail: Mail, *, server: BaseEmailBackend, now: datetime) -> bool:
    if not _move(notice, MailState.WANTED, MailState.SENDING):
        return False
    message = EmailMessage(mail.subject, mail.text, to=[notice.person.email], connection=server)
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        # A definite no of the mail server.
        logger.warning("a mail was refused", notice=notice.pk, error=str(error))
        _try_later(notice, now=now)
        return False
    except (OSError, SMTPException) as error:
        logger.warning("a mail may or may not have gone", notice=notice.pk, error=str(error))
        _move(notice, MailState.SENDING, MailState.UNSURE)
        return False
    return _move(notice, MailState.SENDING, MailState.SENT)


def _move(notice: Notice, old: MailState, new: MailState) -> bool:
    return bool(Notice.objects.filter(pk=notice.pk, mail=old).update(mail=new))


def _try_later(notice: Notice, *, now: datetime) -> None:
    tries = notice.mail_tries + 1
    state = MailState.WANTED if tries < MOST_TRIES else MailState.GIVEN_UP
    Notice.objects.filter(pk=notice.pk).update(
        mail=state, mail_tries=tries, mail_next_at=now + _FIRST_PAUSE * 2 ** (tries - 1)
    )
