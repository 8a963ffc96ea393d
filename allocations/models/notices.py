from django.conf import settings
from django.db import models
from django.db.models import Q

from allocations.domain.notices import MailState, NoticeKind
from allocations.models.batches import Batch
from allocations.models.fields import known, state_field
from allocations.models.runs import Run
from allocations.models.trail import TrailEntry


class Notice(models.Model):
    """One event told to one person, in the portal and perhaps by mail. `key` names the event: nobody is told twice."""

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(TrailEntry, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail = state_field(MailState.NONE)
    mail_tries = models.PositiveSmallIntegerField(default=0)
    mail_next_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("person",), name="notice_unread", condition=Q(read_at__isnull=True)),
            models.Index(fields=("mail_next_at",), name="notice_mail_due", condition=Q(mail=MailState.WANTED.value)),
        )
        constraints = (
            models.UniqueConstraint(fields=("key", "person"), name="notice_once"),
            known("kind", NoticeKind, "notice_kind_known"),
            known("mail", MailState, "notice_mail_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of batch {self.batch_id}"


class MutedMail(models.Model):
    """A kind of notice that somebody wants no mails of."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_mails")
    kind = models.CharField(max_length=16)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "kind"), name="muted_once"),
            known("kind", NoticeKind, "muted_kind_known"),
        )

    def __str__(self) -> str:
        return self.kind


class NoticeCursor(models.Model):
    """How far into the trail people were told."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="notice_cursor_single"),)

    def __str__(self) -> str:
        return f"told up to {self.number}"
