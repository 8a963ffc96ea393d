from django.conf import settings
from django.db import models
from django.db.models import Q

from allocations.domain.questions import ReplyKind
from allocations.models.batches import Batch
from allocations.models.fields import known


class Question(models.Model):
    """What an approver asked about one submitted content. Never changed, never deleted; open until there is a reply.

    `text` and `salt` go when the batch's personal data are erased: people ask about people. `sha256` binds them.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="questions")
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True)
    sha256 = models.CharField(max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("batch", "version"), name="question_by_content"),)
        constraints = (
            models.CheckConstraint(condition=Q(text="", salt="") | (~Q(text="") & ~Q(salt="")), name="question_salted"),
        )

    def __str__(self) -> str:
        return f"question {self.pk} about batch {self.batch_id}"


class QuestionReply(models.Model):
    """A maker's answer, or why whoever asked took the question back. Append-only like the question itself."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True)
    sha256 = models.CharField(max_length=64)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    replied_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            known("kind", ReplyKind, "question_reply_kind_known"),
            models.CheckConstraint(
                condition=Q(text="", salt="") | (~Q(text="") & ~Q(salt="")), name="question_reply_salted"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} to question {self.question_id}"
