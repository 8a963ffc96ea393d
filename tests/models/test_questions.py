"""What the database itself refuses about questions: every way around the services."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from allocations.models import Batch, Question, QuestionReply
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.people import known, person
from tests.factories.questions import answer, ask, take_back

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 11, tzinfo=UTC)
WORDS = {"text": "Why?", "salt": "ab", "sha256": "cd" * 32}


def fits(act) -> bool:
    try:
        with transaction.atomic():
            act()
    except IntegrityError:
        return False
    return True


def insert(batch: Batch, by, **changes) -> bool:
    content = {"batch": batch, "version": batch.version, "digest": batch.digest, "asked_by": by, "asked_at": NOW}
    return fits(lambda: Question.objects.create(**{**content, **WORDS, **changes}))


def reply(question: Question, by, kind: str = "answer", **changes) -> bool:
    content = {"question": question, "kind": kind, "replied_by": by, "replied_at": NOW}
    return fits(lambda: QuestionReply.objects.create(**{**content, **WORDS, **changes}))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"version": 9}, False),
        ({"digest": "0" * 64}, False),
        ({"text": ""}, False),
        ({"salt": ""}, False),
        ({"text": "", "salt": ""}, False),
    ],
)
def test_a_question_is_about_the_content_that_waits_and_has_words(changes, expected: bool) -> None:
    assert insert(submitted_batch(), person("approver"), **changes) is expected


@pytest.mark.parametrize("make", [review_batch, approved_batch])
def test_nothing_is_asked_where_nothing_waits(make) -> None:
    assert not insert(make(), person("approver"))


def test_no_maker_asks() -> None:
    batch, editor = submitted_batch(), person("admin", "approver")
    batch.editors.create(user=editor)
    assert [insert(batch, who) for who in (batch.uploaded_by, editor, person("approver"))] == [False, False, True]


@pytest.mark.parametrize(
    ("by", "kind", "expected"),
    [
        ("maker", "answer", True),
        ("editor", "answer", True),
        ("asker", "answer", False),
        ("stranger", "answer", False),
        ("asker", "take_back", True),
        ("maker", "take_back", False),
        ("stranger", "take_back", False),
        ("maker", "shrug", False),
    ],
)
def test_makers_answer_and_who_asked_takes_back(by: str, kind: str, expected: bool) -> None:
    batch, people = submitted_batch(), {who: person("admin", "approver") for who in ("editor", "asker", "stranger")}
    batch.editors.create(user=people["editor"])
    question = ask(known(people["asker"]), batch)
    assert reply(question, {**people, "maker": batch.uploaded_by}[by], kind) is expected


def test_what_is_over_gets_no_reply() -> None:
    batch, asker = submitted_batch(), person("approver")
    taken, answered, late = (ask(known(asker), batch, text) for text in ("One?", "Two?", "Three?"))
    take_back(known(asker), taken)
    answer(known(batch.uploaded_by), answered)
    assert not reply(taken, batch.uploaded_by)
    assert not reply(answered, asker, "take_back")
    assert reply(answered, batch.uploaded_by)
    batch.state = "review"
    batch.save()
    assert not reply(late, batch.uploaded_by)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE allocations_question SET text = 'Never mind.'",
        "UPDATE allocations_question SET text = '', salt = ''",
        "UPDATE allocations_question SET version = version + 1",
        "DELETE FROM allocations_question",
        "UPDATE allocations_questionreply SET text = 'No.'",
        "UPDATE allocations_questionreply SET text = '', salt = ''",
        "UPDATE allocations_questionreply SET kind = 'take_back'",
        "DELETE FROM allocations_questionreply",
    ],
)
def test_what_was_said_is_never_changed(change: str) -> None:
    batch = submitted_batch()
    question = ask(known(person("approver")), batch)
    answer(known(batch.uploaded_by), question)
    if change.startswith("DELETE FROM allocations_question") and "reply" not in change:
        question = ask(known(person("approver")), batch, "Another one?")
        change += f" WHERE id = {question.pk}"
    with pytest.raises(DatabaseError, match=r"is never (changed|deleted)"), transaction.atomic():
        connection.cursor().execute(change)


TABLES = ["allocations_question", "allocations_questionreply"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows REPLACE")
@pytest.mark.parametrize("table", TABLES)
def test_replace_does_not_get_past_the_triggers(table: str) -> None:
    batch = submitted_batch()
    answer(known(batch.uploaded_by), ask(known(person("approver")), batch))
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.cursor().execute(f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL knows TRUNCATE")
@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused(table: str) -> None:
    batch = submitted_batch()
    answer(known(batch.uploaded_by), ask(known(person("approver")), batch))
    statement = f"SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL portal.allow_truncate = 'off'; TRUNCATE {table} CASCADE"
    with pytest.raises(DatabaseError, match="never truncated"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"text": "", "salt": ""}, True),
        ({"text": ""}, False),
        ({"text": "", "salt": "", "sha256": "ef" * 32}, False),
        ({"text": "Another", "salt": "ab"}, False),
    ],
)
def test_words_go_with_the_other_personal_data_of_the_batch_and_nothing_else_does(changes, expected: bool) -> None:
    batch = submitted_batch()
    question = ask(known(person("approver")), batch)
    answer(known(batch.uploaded_by), question)
    Batch.objects.filter(pk=batch.pk).update(erased_at=NOW)
    assert fits(lambda: question.replies.update(**changes)) is expected
    assert fits(lambda: Question.objects.filter(pk=question.pk).update(**changes)) is expected
