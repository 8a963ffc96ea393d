"""Asking while somebody votes: whoever comes second loses, and learns why."""

import pytest
from django.db import IntegrityError, connection, transaction

from allocations.domain.errors import StateConflict
from allocations.models import Batch, Question, QuestionReply, Run, Vote
from allocations.selectors.accepting import to_be_seen
from allocations.services import approval
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch, withdraw_batch
from tests.at_once import at_once
from tests.factories.people import actor
from tests.factories.policies import agree
from tests.factories.questions import answer, ask, take_back
from tests.services.beside import Beside
from tests.services.conftest import Portal
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(portal: Portal) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=3).pk)


def approval_of(batch: Batch, who, seen=()):
    return lambda: approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest, seen=seen)


def counted() -> tuple[int, int, int]:
    return Question.objects.count(), Vote.objects.count(), Run.objects.count()


@pytest.mark.parametrize("_", range(5))
def test_one_of_a_vote_and_a_question_counts(portal: Portal, batch: Batch, _: int) -> None:
    voter, asker = portal.approver, actor("approver")
    said = at_once(approval_of(batch, voter), lambda: ask(asker, batch))
    if said[0] == "ok":
        assert (said[1].startswith("Already decided"), counted()) == (True, (0, 1, 1))
    else:
        assert (said[1], said[0].startswith("1 question"), counted()) == ("ok", True, (1, 0, 0))


def test_a_question_and_the_first_of_two_votes(portal: Portal) -> None:
    agree(two_from_rows=1)
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=3).pk)
    asker = actor("approver")
    said = at_once(approval_of(batch, portal.approver), lambda: ask(asker, batch))
    assert (said[1], counted()[2]) == ("ok", 0)
    with pytest.raises(StateConflict, match="waits for an answer"):
        approval_of(batch, actor("approver"))()


def test_one_of_an_answer_and_a_withdrawal_counts(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    said = at_once(lambda: answer(portal.maker, question), lambda: withdraw_batch(portal.maker, batch_id=batch.pk))
    assert said[1] == "ok"
    assert QuestionReply.objects.count() == (said[0] == "ok")


def test_one_of_an_answer_and_a_taking_back_is_first(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    said = at_once(lambda: answer(portal.maker, question), lambda: take_back(portal.approver, question))
    assert (said.count("ok"), question.replies.count()) == (1, 1)


def test_an_answer_that_comes_while_somebody_votes_is_read_first(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    answer(portal.maker, question)
    seen = list(to_be_seen(batch))
    said = at_once(
        approval_of(batch, portal.approver, seen), lambda: answer(portal.maker, question, "No, something else.")
    )
    # A vote before it has closed the matter; a vote after it misses a tick.
    assert said.count("ok") == 1


def asked_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the check had looked a moment too early."""
    monkeypatch.setattr(approval, "check_none_open", lambda count: None)


def test_the_compare_and_set_of_the_batch_loses_to_a_question(portal: Portal, batch: Batch, monkeypatch) -> None:
    ask(portal.approver, batch)
    asked_unseen(monkeypatch)
    remove_triggers(connection)
    with pytest.raises(StateConflict, match="The list changed since you opened it"):
        approval_of(batch, actor("approver"))()
    batch.refresh_from_db()
    assert (batch.state, counted()) == ("submitted", (1, 0, 0))


def test_the_database_takes_no_vote_over_an_open_question(portal: Portal, batch: Batch, monkeypatch) -> None:
    question = ask(portal.approver, batch)
    asked_unseen(monkeypatch)
    with pytest.raises(IntegrityError, match="nobody approves over an open question"):
        approval_of(batch, actor("approver"))()
    answer(portal.maker, question)
    approval_of(batch, actor("approver"), to_be_seen(batch))()


def test_the_database_lets_a_question_and_a_vote_wait_for_each_other(portal: Portal, batch: Batch) -> None:
    """Whatever locks a service forgets: rows written by hand, one transaction inside the other's."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    asker, voter = actor("approver"), portal.approver
    errors: list[str] = []
    content = {"batch_id": batch.pk, "version": batch.version, "digest": batch.digest}

    def vote() -> None:
        try:
            Vote.objects.create(**content, decision="approve", voted_by_id=voter.id, voted_at=portal.clock())
        except IntegrityError as error:
            errors.append(str(error))

    beside = Beside(vote)
    with transaction.atomic():
        words = {"text": "Why?", "salt": "ab", "sha256": "cd", "asked_by_id": asker.id, "asked_at": portal.clock()}
        beside.after(Question.objects.create)(**content, **words)
        assert Vote.objects.count() == 0
    beside.end()
    assert ("nobody approves over an open question" in "".join(errors), counted()) == (True, (1, 0, 0))
