"""Who may answer and take back in which state, and what keeps a list from being approved."""

import hashlib
from itertools import product

import pytest

from allocations.domain import questions
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.policy import Actor, BatchFacts, Role
from allocations.domain.questions import (
    LONGEST_TEXT,
    MOST_QUESTIONS,
    MOST_REPLIES,
    QuestionFacts,
    QuestionState,
    ReplyKind,
    against_open,
    check_answer,
    check_none_open,
    check_room,
    check_take_back,
    checked_text,
    commitment,
    seen_code,
)
from allocations.domain.states import BatchState

MAKER, ASKER, OTHER = 1, 2, 3
ANSWER, BACK = ReplyKind.ANSWER, ReplyKind.TAKE_BACK
SETS = [frozenset(), *(frozenset({role}) for role in Role), frozenset({Role.ADMIN, Role.APPROVER}), frozenset(Role)]
BATCH = BatchFacts(state=BatchState.SUBMITTED, maker_ids=frozenset({MAKER}), uploaded_by_id=MAKER)


def asked(*replies: ReplyKind, waits: bool = True) -> QuestionFacts:
    return QuestionFacts(asked_by_id=ASKER, waits=waits, replies=replies)


@pytest.mark.parametrize(
    ("question", "state"),
    [
        (asked(), "open"),
        (asked(waits=False), "closed"),
        (asked(ANSWER), "answered"),
        (asked(ANSWER, ANSWER, waits=False), "answered"),
        (asked(BACK), "taken_back"),
        (asked(BACK, waits=False), "taken_back"),
    ],
)
def test_a_question_is_open_until_there_is_a_reply_or_nothing_waits(question: QuestionFacts, state: str) -> None:
    assert question.state is QuestionState(state)


@pytest.mark.parametrize(
    ("roles", "who", "question"),
    list(product(SETS, (MAKER, ASKER, OTHER), (asked(), asked(ANSWER), asked(BACK), asked(waits=False)))),
)
def test_who_may_answer_and_who_may_take_back(roles, who: int, question: QuestionFacts) -> None:
    actor = Actor(who, "Asha", roles)
    may_answer = Role.ADMIN in roles and who == MAKER and question.waits and BACK not in question.replies
    assert questions.can_answer(actor, BATCH, question) == may_answer
    may_take_back = Role.APPROVER in roles and who == ASKER and question.state is QuestionState.OPEN
    assert questions.can_take_back(actor, question) == may_take_back


@pytest.mark.parametrize(
    ("act", "error", "said"),
    [
        (lambda: check_answer(admin(OTHER), BATCH, asked()), NotAllowed, "Only people who made or changed this batch"),
        (lambda: check_answer(admin(MAKER), BATCH, asked(waits=False)), StateConflict, "needs no answer"),
        (lambda: check_answer(admin(MAKER), BATCH, asked(BACK)), StateConflict, "took the question back"),
        (lambda: check_answer(admin(MAKER), BATCH, asked(*[ANSWER] * MOST_REPLIES)), StateConflict, "has 20 answers"),
        (lambda: check_take_back(approver(OTHER), asked()), NotAllowed, "Somebody else asked this"),
        (lambda: check_take_back(approver(ASKER), asked(ANSWER)), StateConflict, "not open any more"),
        (lambda: check_room(MOST_QUESTIONS), StateConflict, "50 questions were asked"),
    ],
)
def test_a_refusal_says_why(act, error, said: str) -> None:
    with pytest.raises(error, match=said):
        act()


def admin(who: int) -> Actor:
    return Actor(who, "Asha", frozenset({Role.ADMIN}))


def approver(who: int) -> Actor:
    return Actor(who, "Asha", frozenset({Role.APPROVER}))


def test_up_to_the_limits_nothing_is_refused() -> None:
    check_room(MOST_QUESTIONS - 1)
    check_answer(admin(MAKER), BATCH, asked(*[ANSWER] * (MOST_REPLIES - 1)))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Why?", "Why?"),
        (" Why?\r\nAnd\rwho?\n\n", "Why?\nAnd\nwho?"),
        ("\tWhy\tso?", "Why\tso?"),
        ("x" * LONGEST_TEXT, "x" * LONGEST_TEXT),
        # A browser counts a line's end once and sends it as two.
        ("x\r\n" * (LONGEST_TEXT // 2), ("x\n" * (LONGEST_TEXT // 2)).strip()),
        ("முத்துலட்சுமி?", "முத்துலட்சுமி?"),
    ],
)
def test_a_text_is_kept_without_the_space_around_it(text: str, kept: str) -> None:
    assert checked_text(text) == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Empty"),
        (" \r\n ", "Empty"),
        ("Why\x00?", "control characters"),
        ("Why\x1b[31m?", "control characters"),
        ("x" * (LONGEST_TEXT + 1), "has 1,001 characters. Write it in at most 1,000."),
    ],
)
def test_a_text_that_says_nothing_or_too_much_is_refused(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        checked_text(text)


def test_open_questions_keep_a_list_from_being_approved() -> None:
    check_none_open(0)
    assert against_open(0) == ""
    assert against_open(2).startswith("2 questions about this list wait for an answer.")
    with pytest.raises(StateConflict, match=r"^1 question about this list waits for an answer"):
        check_none_open(1)


def test_a_further_answer_has_to_be_seen_anew() -> None:
    assert [seen_code(7, 1), seen_code(7, 2), seen_code(71, 1)] == ["question_7_1", "question_7_2", "question_71_1"]


def test_the_commitment_can_be_checked_with_any_tool() -> None:
    assert commitment("ab" * 16, "Why?") == hashlib.sha256(b"ab" * 16 + b"Why?").hexdigest()
    assert commitment("ab" * 16, "Why?") != commitment("cd" * 16, "Why?")
