"""Asking about a batch that waits, answering, and taking a question back. While one is open nobody approves."""

import secrets
from datetime import datetime

from django.db import transaction

from allocations.domain import policy
from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor
from allocations.domain.questions import ReplyKind, check_answer, check_room, check_take_back, checked_text, commitment
from allocations.gateway import database_now
from allocations.models import Batch, Question, QuestionReply
from allocations.selectors.approvals import facts_of, own_row
from allocations.selectors.questions import facts_of_question, open_questions
from allocations.services import trail
from allocations.services.approval import check_voter
from allocations.services.locks import locked_batch

_EVENTS = {ReplyKind.ANSWER: "question answered", ReplyKind.TAKE_BACK: "question taken back"}


def ask(actor: Actor, *, batch_id: int, version: int, digest: str, text: str) -> Question:
    """About exactly the content that the page showed, by whoever could vote on it. A repeated click asks once."""
    words, now = checked_text(text), database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        check_voter(actor, batch, version=version, digest=digest, now=now)
        policy.check_gets_nothing(own_row(batch, user_id=actor.id))
        twin = open_questions(batch).filter(asked_by_id=actor.id, text=words).first()
        if twin:
            return twin
        check_room(Question.objects.filter(batch=batch, version=version).count())
        question = Question.objects.create(
            batch=batch, version=version, digest=digest, asked_by_id=actor.id, asked_at=now, **_salted(words)
        )
        _note("question asked", batch, question, actor=actor, now=now, sha256=question.sha256)
    return question


def answer(actor: Actor, *, batch_id: int, question_id: int, text: str) -> QuestionReply:
    """By a maker. A repeated click answers once."""
    words, now = checked_text(text), database_now()
    with transaction.atomic(durable=True):
        batch, question = _locked(batch_id, question_id)
        check_answer(actor, facts_of(batch), facts_of_question(question, batch))
        twin = question.replies.filter(replied_by_id=actor.id, text=words).first()
        return twin or _reply(actor, batch, question, ReplyKind.ANSWER, words, now=now)


def take_back(actor: Actor, *, batch_id: int, question_id: int, reason: str) -> QuestionReply:
    """By whoever asked, with how it was answered otherwise: other approvers read it."""
    words, now = checked_text(reason), database_now()
    with transaction.atomic(durable=True):
        batch, question = _locked(batch_id, question_id)
        check_take_back(actor, facts_of_question(question, batch))
        return _reply(actor, batch, question, ReplyKind.TAKE_BACK, words, now=now)


def _locked(batch_id: int, question_id: int) -> tuple[Batch, Question]:
    """The batch's lock is that of its questions: a vote takes it too."""
    batch = locked_batch(batch_id)
    question = Question.objects.filter(pk=question_id, batch=batch).first()
    if question is None:
        raise InvalidInput(f"There is no question {question_id} about batch {batch_id}.")
    return batch, question


def _reply(
    actor: Actor, batch: Batch, question: Question, kind: ReplyKind, words: str, *, now: datetime
) -> QuestionReply:
    reply = QuestionReply.objects.create(
        question=question, kind=kind, replied_by_id=actor.id, replied_at=now, **_salted(words)
    )
    said = {"reply": reply.pk, "sha256": reply.sha256, "asked_by": question.asked_by_id}
    _note(_EVENTS[kind], batch, question, actor=actor, now=now, **said)
    return reply


def _salted(words: str) -> dict[str, str]:
    """The words, and what stands for them in the trail: it stays when they are erased, and must tell nothing then."""
    salt = secrets.token_hex(16)
    return {"text": words, "salt": salt, "sha256": commitment(salt, words)}


def _note(event: str, batch: Batch, question: Question, *, actor: Actor, now: datetime, **said: object) -> None:
    trail.write_entry(
        event,
        at=now,
        object_type="question",
        object_id=question.pk,
        batch_id=batch.pk,
        actor=actor,
        version=question.version,
        digest=question.digest,
        **said,
    )
