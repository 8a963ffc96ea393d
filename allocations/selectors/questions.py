"""What was asked about a batch, and what of it is open."""

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet

from allocations.domain.questions import QuestionFacts, ReplyKind, seen_code
from allocations.domain.states import BatchState
from allocations.models import Batch, Question, QuestionReply


def questions_of(batch: Batch) -> list[Question]:
    """About every content that was submitted, oldest first, with their replies."""
    replies = Prefetch("replies", QuestionReply.objects.select_related("replied_by"))
    return list(Question.objects.filter(batch=batch).select_related("asked_by").prefetch_related(replies))


def facts_of_question(question: Question, batch: Batch) -> QuestionFacts:
    """Uses prefetched replies where there are."""
    return QuestionFacts(
        asked_by_id=question.asked_by_id,
        waits=batch.state == BatchState.SUBMITTED and question.version == batch.version,
        replies=[ReplyKind(reply.kind) for reply in question.replies.all()],
    )


def open_questions(batch: Batch) -> QuerySet[Question]:
    """About the content that waits."""
    if batch.state != BatchState.SUBMITTED:
        return Question.objects.none()
    return Question.objects.filter(batch=batch, version=batch.version, replies__isnull=True)


def with_open_question() -> Exists:
    """For a query of batches: a question about their present content has no reply."""
    asked = Question.objects.filter(batch=OuterRef("pk"), version=OuterRef("version"), replies__isnull=True)
    return Exists(asked)


def open_question_counts() -> dict[int, int]:
    """Of every batch that waits for a decision and has any, by its id."""
    waiting = Question.objects.filter(batch__state=BatchState.SUBMITTED, version=F("batch__version"))
    counted = waiting.filter(replies__isnull=True).order_by().values_list("batch").annotate(Count("id"))
    return dict(counted)


def threads_to_be_seen(batch: Batch) -> dict[str, str]:
    """What an approver ticks of them, by code, and what it is called: each question that has a reply."""
    asked = Question.objects.filter(batch=batch).annotate(said=Count("replies")).order_by("pk")
    return {
        seen_code(question.pk, question.said): f"Question {number} and what was answered"
        for number, question in enumerate(asked, start=1)
        if question.version == batch.version and question.said
    }
