"""What an approver asks about a waiting batch and what its makers answer. Over an open question nobody approves."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor, BatchFacts, Role, permits, require_role

LONGEST_TEXT = 1000
# An approver reads and ticks each of them: beyond that a batch is better sent back.
MOST_QUESTIONS = 50
MOST_REPLIES = 20
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class ReplyKind(StrEnum):
    """TAKE_BACK: whoever asked says how it was answered otherwise."""

    ANSWER = "answer"
    TAKE_BACK = "take_back"


class QuestionState(StrEnum):
    """CLOSED: the content was sent back, withdrawn or decided without an answer."""

    OPEN = "open"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """`waits`: the content that it is about waits for a decision still. `replies`: their kinds, in order."""

    asked_by_id: int
    waits: bool
    replies: Sequence[ReplyKind] = ()

    @property
    def state(self) -> QuestionState:
        if ReplyKind.TAKE_BACK in self.replies:
            return QuestionState.TAKEN_BACK
        if self.replies:
            return QuestionState.ANSWERED
        return QuestionState.OPEN if self.waits else QuestionState.CLOSED


def checked_text(text: str) -> str:
    """Trimmed, lines ended alike. Raises InvalidInput."""
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        raise InvalidInput("Empty. Write it in a sentence: others read it before they decide.")
    if _CONTROL.search(words):
        raise InvalidInput("The text contains control characters. Type it again.")
    if len(words) > LONGEST_TEXT:
        raise InvalidInput(
            f"The text has {grouped(len(words))} characters. Write it in at most {grouped(LONGEST_TEXT)}."
        )
    return words


def check_room(asked: int) -> None:
    """`asked`: questions about this content so far."""
    if asked >= MOST_QUESTIONS:
        raise StateConflict(f"{MOST_QUESTIONS} questions were asked about this content. Send it back with a reason.")


def check_answer(actor: Actor, batch: BatchFacts, question: QuestionFacts) -> None:
    """A later answer may set an earlier one right: whoever approves has to read it too."""
    require_role(actor, Role.ADMIN, act="answer a question about a batch")
    if actor.id not in batch.maker_ids:
        raise NotAllowed("Only people who made or changed this batch answer questions about it.")
    if not question.waits:
        raise StateConflict("The list was decided, sent back or withdrawn since this was asked. It needs no answer.")
    if question.state is QuestionState.TAKEN_BACK:
        raise StateConflict("Whoever asked took the question back. It needs no answer.")
    if len(question.replies) >= MOST_REPLIES:
        raise StateConflict(f"This question has {MOST_REPLIES} answers. Withdraw the batch and change what is wrong.")


def check_take_back(actor: Actor, question: QuestionFacts) -> None:
    """So that makers who say nothing cannot stop everything."""
    require_role(actor, Role.APPROVER, act="take a question back")
    if actor.id != question.asked_by_id:
        raise NotAllowed("Somebody else asked this. Only they can take it back; its makers can answer it.")
    if question.state is not QuestionState.OPEN:
        raise StateConflict(
            "The question is not open any more: it was answered or taken back, or the list was decided."
        )


def against_open(count: int) -> str:
    """What keeps the batch from being approved; "" without an open question."""
    if not count:
        return ""
    waits = "1 question about this list waits" if count == 1 else f"{grouped(count)} questions about this list wait"
    return f"{waits} for an answer. Its makers answer, or who asked takes the question back; then it can be approved."


def check_none_open(count: int) -> None:
    """Raises StateConflict while a question is open."""
    if sentence := against_open(count):
        raise StateConflict(sentence)


def seen_code(question_id: int, replies: int) -> str:
    """What an approver ticks: a question with the replies that the page showed. One more, and it is another code."""
    return f"question_{question_id}_{replies}"


def commitment(salt: str, text: str) -> str:
    """Stands for the text in the trail: it binds it, and tells nothing of it once text and salt are erased."""
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


can_answer = permits(check_answer)
can_take_back = permits(check_take_back)
