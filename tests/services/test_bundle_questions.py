"""From a bundle alone: what was asked and answered is what the trail binds, and no approval went over an open question."""

import zipfile
from pathlib import Path

import pytest
from django.db import connection

from allocations.domain import chain
from allocations.models import Batch, Question, QuestionReply, TrailEntry
from allocations.selectors.accepting import to_be_seen
from allocations.services import approval, questions
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch, withdraw_batch
from tests.factories.people import actor
from tests.factories.policies import agree
from tests.factories.questions import ASKED, answer, ask, take_back
from tests.services.conftest import Portal
from tests.services.test_bundles import bundle, key, lines, rewritten, seal, verified
from tests.triggers import remove_triggers

__all__ = ["key"]
pytestmark = pytest.mark.django_db(transaction=True)


def submitted(portal: Portal, rows: int = 3) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=rows).pk)


def approve(portal: Portal, batch: Batch, who=None):
    shown = {"version": batch.version, "digest": batch.digest, "seen": to_be_seen(batch)}
    return approve_batch(who or portal.approver, batch_id=batch.pk, **shown)


def talked_over(portal: Portal) -> Batch:
    """One content withdrawn over an open question; the next approved after an answer, a second one, and a taking back."""
    first = submitted(portal)
    ask(portal.approver, first, "Is this the right month?")
    withdraw_batch(portal.maker, batch_id=first.pk)
    batch = submit_batch(portal.maker, batch_id=first.pk)
    other = actor("approver")
    asked, taken = ask(portal.approver, batch), ask(other, batch, "And row 4?")
    answer(portal.maker, asked, "Her award.\nOf five years.")
    answer(portal.maker, asked, "No: of ten.")
    take_back(other, taken)
    portal.drain(approve(portal, batch))
    seal(portal)
    return batch


@pytest.fixture
def made(portal: Portal, key, tmp_path) -> Path:
    return bundle(portal, talked_over(portal), tmp_path / "bundle.zip")


def said(path: Path) -> list[dict]:
    with zipfile.ZipFile(path) as content:
        (name,) = (name for name in content.namelist() if name.endswith("questions.jsonl"))
    return list(lines(path, name))


def test_the_thread_is_in_the_bundle_and_verifies(made: Path, key, settings) -> None:
    code, told = verified(made, "--key", key, "--seals", settings.TRAIL_SEALS_FILE)
    assert code == 0, told
    assert "questions of approvers: 3; nobody approved while one was open." in told
    assert "NOT SHOWN" not in told
    assert [(one["kind"], one["text"]) for one in said(made)] == [
        ("asked", "Is this the right month?"),
        ("asked", ASKED),
        ("answer", "Her award.\nOf five years."),
        ("answer", "No: of ten."),
        ("asked", "And row 4?"),
        ("take_back", "Payroll told me on the phone."),
    ]


def test_without_personal_data_the_words_are_not_in_it(portal: Portal, key, tmp_path) -> None:
    path = bundle(portal, talked_over(portal), tmp_path / "bundle.zip", personal_data=False)
    with zipfile.ZipFile(path) as content:
        everything = b"".join(content.read(name) for name in content.namelist()).decode()
    words = [*Question.objects.values_list("text", "salt"), *QuestionReply.objects.values_list("text", "salt")]
    assert [word for pair in words for word in pair if word in everything] == []
    code, told = verified(path)
    assert (code, "the words of its questions and answers. The bundle is without them." in told) == (0, True), told


def test_a_batch_without_questions_says_nothing_of_them(portal: Portal, key, tmp_path) -> None:
    run = portal.drain(portal.approved_run(rows=2))
    seal(portal)
    path = bundle(portal, run.batch, tmp_path / "bundle.zip")
    code, told = verified(path)
    assert (code, "question" in told) == (0, False)


def test_a_bundle_from_before_there_were_questions_verifies(portal: Portal, key, tmp_path) -> None:
    run = portal.drain(portal.approved_run(rows=2))
    seal(portal)
    path, old = bundle(portal, run.batch, tmp_path / "bundle.zip"), tmp_path / "old.zip"
    without_questions(path, old)
    assert verified(old)[0] == 0


def without_questions(path: Path, new: Path) -> Path:
    with zipfile.ZipFile(path) as content, zipfile.ZipFile(new, "w") as made:
        for name in content.namelist():
            if not name.endswith("questions.jsonl"):
                made.writestr(name, content.read(name))
    return new


def test_a_thread_that_was_taken_out_is_missed(made: Path, tmp_path) -> None:
    code, told = verified(without_questions(made, tmp_path / "less.zip"))
    assert (code, "its questions and answers are not those of the trail" in told) == (1, True)


def change(place: int, **values):
    return lambda records: [*records[:place], records[place] | values, *records[place + 1 :]]


OTHERS = "its questions and answers are not those of the trail"
CHANGES = {
    "other words": (change(1, text="All fine?"), "its words were changed"),
    "another answer": (change(3, text="Yes."), "its words were changed"),
    "other words with their hash": (change(1, text="x", salt="", sha256=chain.sha256("x")), OTHERS),
    "another time": (change(2, at="2026-11-11T00:00:00.000000Z"), OTHERS),
    "somebody else": (change(2, by=99_999), OTHERS),
    "another content": (change(0, version=9), OTHERS),
    "an answer too few": (lambda r: [*r[:3], *r[4:]], OTHERS),
    "a question too few": (lambda r: r[1:], OTHERS),
    "an answer twice": (lambda r: [*r, r[2]], OTHERS),
    "a taking back as an answer": (change(5, kind="answer"), OTHERS),
}


@pytest.mark.parametrize(("tamper", "sentence"), CHANGES.values(), ids=CHANGES)
def test_a_changed_thread_is_detected(made: Path, tamper, sentence: str) -> None:
    code, told = verified(rewritten(made, questions=tamper))
    assert (code, sentence in told) == (1, True), told


# What is done to the database ---------------------------------------------------------------------------------------


def test_an_approval_over_an_open_question_is_detected(portal: Portal, key, tmp_path, monkeypatch) -> None:
    """Both votes of a batch, the first one over an open question, with every defence of the portal down."""
    agree(two_from_rows=1)
    batch = submitted(portal)
    question = ask(actor("approver"), batch)
    remove_triggers(connection)
    with monkeypatch.context() as broken:
        broken.setattr(approval, "check_none_open", lambda count: None)
        approve(portal, batch)
    answer(portal.maker, question)
    portal.drain(approve(portal, batch, actor("approver")))
    seal(portal)
    code, told = verified(bundle(portal, batch, tmp_path / "bundle.zip"))
    assert (code, f"it was approved while question {question.pk} was open" in told) == (1, True), told


def test_an_approver_who_had_not_ticked_the_answer_is_detected(portal: Portal, key, tmp_path, monkeypatch) -> None:
    batch = submitted(portal)
    question = ask(portal.approver, batch)
    answer(portal.maker, question)
    monkeypatch.setattr(approval, "to_be_seen", lambda batch: {})
    portal.drain(approve(portal, batch))
    seal(portal)
    code, told = verified(bundle(portal, batch, tmp_path / "bundle.zip"))
    assert code == 1
    assert f"who had not ticked what question {question.pk} brought" in told


WRONG_PEOPLE = {
    "a stranger answered": (
        lambda portal, batch: answer(actor("admin"), ask(portal.approver, batch)),
        "answered by somebody who did not",
    ),
    "another took it back": (
        lambda portal, batch: take_back(actor("approver"), ask(portal.approver, batch)),
        "somebody took back what another person had asked",
    ),
    "a maker asked": (
        lambda portal, batch: answer(portal.maker, ask(portal.maker, batch)),
        "it was asked by somebody who made the list",
    ),
}


@pytest.mark.parametrize(("talk", "sentence"), WRONG_PEOPLE.values(), ids=WRONG_PEOPLE)
def test_a_thread_with_the_wrong_people_is_detected(portal, key, tmp_path, monkeypatch, talk, sentence: str) -> None:
    batch = submitted(portal)
    remove_triggers(connection)
    with monkeypatch.context() as broken:
        for name in ("check_answer", "check_take_back", "check_voter"):
            broken.setattr(questions, name, lambda *facts, **options: None)
        talk(portal, batch)
    portal.drain(approve(portal, batch))
    seal(portal)
    code, told = verified(bundle(portal, batch, tmp_path / "bundle.zip"))
    assert (code, sentence in told) == (1, True), told


def test_an_entry_of_a_question_that_was_taken_out_is_detected(portal: Portal, key, tmp_path) -> None:
    batch = talked_over(portal)
    remove_triggers(connection)
    TrailEntry.objects.filter(event="question asked").first().delete()
    code, told = verified(bundle(portal, batch, tmp_path / "bundle.zip"))
    assert (code, "is missing" in told) == (1, True)
