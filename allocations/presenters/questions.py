"""Questions about a batch with their answers, as whoever reads them may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allocations.domain.policy import Actor, BatchFacts
from allocations.domain.questions import QuestionState, ReplyKind, can_answer, can_take_back, seen_code
from allocations.models import Batch, Question
from allocations.presenters.people import for_reader
from allocations.presenters.stories import person
from allocations.selectors.questions import facts_of_question

ERASED_WORDS = gettext_lazy("The words were erased with the personal data of the batch.")
_STATES = {
    QuestionState.OPEN: (gettext_lazy("open: waits for an answer"), "wait"),
    QuestionState.ANSWERED: (gettext_lazy("answered"), "credited"),
    QuestionState.TAKEN_BACK: (gettext_lazy("taken back by who asked"), ""),
    QuestionState.CLOSED: (gettext_lazy("closed without an answer"), ""),
}
_DID = {
    ReplyKind.ANSWER: gettext_lazy("%(person)s answered"),
    ReplyKind.TAKE_BACK: gettext_lazy("%(person)s took the question back"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution: "Ravi Nair answered"."""

    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Thread:
    """`number`: counted within the batch. `code`: what an approver ticks, "" where there is nothing to tick; `is_open`:
    it keeps the batch from being approved."""

    question: Question
    number: int
    words: str
    shape: str
    asked: Said
    replies: tuple[Said, ...]
    code: str
    is_open: bool
    may_answer: bool
    may_take_back: bool


def threads(asked: Iterable[Question], batch: Batch, *, actor: Actor, facts: BatchFacts, in_full: bool) -> list[Thread]:
    """`asked`: all questions of the batch, oldest first."""
    return [
        _thread(number, question, batch, actor=actor, facts=facts, in_full=in_full)
        for number, question in enumerate(asked, start=1)
    ]


def _thread(number: int, question: Question, batch: Batch, *, actor: Actor, facts: BatchFacts, in_full: bool) -> Thread:
    known = facts_of_question(question, batch)
    words, shape = _STATES[known.state]
    replies = question.replies.all()
    return Thread(
        question=question,
        number=number,
        words=str(words),
        shape=shape,
        asked=Said(
            _("%(person)s asked") % {"person": person(question.asked_by)},
            question.asked_at,
            _text(question.text, in_full=in_full),
        ),
        replies=tuple(
            Said(
                _DID[ReplyKind(reply.kind)] % {"person": person(reply.replied_by)},
                reply.replied_at,
                _text(reply.text, in_full=in_full),
            )
            for reply in replies
        ),
        code=seen_code(question.pk, len(replies)) if known.waits and replies else "",
        is_open=known.state is QuestionState.OPEN,
        may_answer=can_answer(actor, facts, known),
        may_take_back=can_take_back(actor, known),
    )


def _text(text: str, *, in_full: bool) -> str:
    return for_reader(text, in_full) or str(ERASED_WORDS)
