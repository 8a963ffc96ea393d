"""Over an open question nobody approves: asking, answering, taking back, and what the trail keeps of it."""

import pytest

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.questions import commitment, seen_code
from allocations.models import Batch, Question, QuestionReply, Run, TrailEntry, Vote
from allocations.selectors.accepting import to_be_seen
from allocations.services import questions
from allocations.services.approval import approve_batch, send_back_batch
from allocations.services.submission import submit_batch, withdraw_batch
from tests.factories.people import actor, known, person
from tests.factories.policies import agree
from tests.factories.questions import ASKED, answer, ask, take_back
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(portal: Portal) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=3).pk)


def approve(who, batch: Batch, **given) -> Run | None:
    shown = {"version": batch.version, "digest": batch.digest, "seen": to_be_seen(batch)}
    return approve_batch(who, batch_id=batch.pk, **(shown | given))


def test_an_open_question_keeps_everybody_from_approving(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    for who in (portal.approver, actor("approver")):
        with pytest.raises(StateConflict, match="1 question about this list waits for an answer"):
            approve(who, batch)
    assert not Vote.objects.exists()
    answer(portal.maker, question)
    assert approve(actor("approver"), batch) is not None


def test_a_question_stops_the_second_approver_too(portal: Portal) -> None:
    agree(two_from_rows=1)
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=3).pk)
    second = actor("approver")
    approve(portal.approver, batch)
    with pytest.raises(StateConflict, match="You approved this content already"):
        ask(portal.approver, batch)
    question = ask(second, batch)
    with pytest.raises(StateConflict, match="waits for an answer"):
        approve(second, batch)
    answer(portal.maker, question)
    assert approve(second, batch) is not None


def test_every_approver_ticks_the_answer_that_the_page_showed(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    answer(portal.maker, question)
    assert to_be_seen(batch) == {seen_code(question.pk, 1): "Question 1 and what was answered"}
    shown = list(to_be_seen(batch))
    answer(portal.maker, question, "No: her award of ten years.")
    for seen in ([], shown):
        with pytest.raises(InvalidInput, match="1 not ticked: “Question 1 and what was answered”"):
            approve(portal.approver, batch, seen=seen)
    assert approve(portal.approver, batch) is not None
    assert TrailEntry.objects.get(event="batch approved").data["seen"] == [seen_code(question.pk, 2)]


def test_who_asked_takes_it_back_and_others_read_why(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    other = actor("approver")
    with pytest.raises(NotAllowed, match="Somebody else asked this"):
        take_back(other, question)
    take_back(portal.approver, question)
    with pytest.raises(StateConflict, match="took the question back"):
        answer(portal.maker, question)
    with pytest.raises(StateConflict, match="not open any more"):
        take_back(portal.approver, question)
    with pytest.raises(InvalidInput, match="Question 1"):
        approve(other, batch, seen=())
    assert approve(other, batch) is not None


def test_only_who_could_vote_asks(portal: Portal, batch: Batch) -> None:
    refused = {
        "To decide about a batch you need the role approver": [portal.maker, actor("auditor"), actor("owner")],
        "You made or changed this batch": [known(approving_maker(portal, batch))],
        "Row 2 has your own e-mail address": [known(person("approver", email=batch.rows.get(number=2).email))],
    }
    for said, people in refused.items():
        for who in people:
            with pytest.raises(NotAllowed, match=said):
                ask(who, batch)
    assert not Question.objects.exists()


def approving_maker(portal: Portal, batch: Batch):
    maker = batch.uploaded_by
    maker.groups.add(*person("approver").groups.all())
    return maker


def test_only_admins_among_the_makers_answer(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    editor = person("admin")
    batch.editors.create(user=editor)
    for who in (actor("admin"), portal.approver, actor("auditor"), actor("owner")):
        with pytest.raises(NotAllowed):
            answer(who, question)
    answer(known(editor), question)
    answer(portal.maker, question, "As she says.")
    assert question.replies.count() == 2


def test_a_question_is_about_the_content_that_the_page_showed(portal: Portal, batch: Batch) -> None:
    for shown in ({"version": batch.version + 1}, {"digest": "0" * 64}):
        with pytest.raises(StateConflict, match="The list changed since you opened it"):
            questions.ask(
                portal.approver,
                batch_id=batch.pk,
                text=ASKED,
                **({"version": batch.version, "digest": batch.digest} | shown),
            )


def end(portal: Portal, batch: Batch, how: str) -> None:
    if how == "withdrawn":
        withdraw_batch(portal.maker, batch_id=batch.pk)
    else:
        shown = {"version": batch.version, "digest": batch.digest}
        send_back_batch(actor("approver"), batch_id=batch.pk, reason="Wrong month.", **shown)


@pytest.mark.parametrize("how", ["withdrawn", "sent back"])
def test_the_end_of_the_submission_closes_its_questions(portal: Portal, batch: Batch, how: str) -> None:
    question = ask(portal.approver, batch)
    end(portal, batch, how)
    with pytest.raises(StateConflict, match="decided, sent back or withdrawn since this was asked"):
        answer(portal.maker, question)
    with pytest.raises(StateConflict, match="not open any more"):
        take_back(portal.approver, question)
    again = submit_batch(portal.maker, batch_id=batch.pk)
    assert to_be_seen(again) == {}
    with pytest.raises(StateConflict, match="decided, sent back or withdrawn since this was asked"):
        answer(portal.maker, question)
    assert approve(portal.approver, again) is not None


def test_once_it_is_approved_nobody_asks(portal: Portal, batch: Batch) -> None:
    approve(portal.approver, batch)
    with pytest.raises(StateConflict, match="Already decided"):
        ask(actor("approver"), batch)


def test_a_repeated_click_asks_and_answers_once(portal: Portal, batch: Batch) -> None:
    first, second = (ask(portal.approver, batch, f" {ASKED}\r\n") for _ in range(2))
    assert first == second
    for _ in range(2):
        answer(portal.maker, first)
    assert (Question.objects.count(), QuestionReply.objects.count()) == (1, 1)
    assert TrailEntry.objects.filter(event__startswith="question").count() == 2


def test_a_question_of_another_batch_is_not_found(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    other = submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk)
    with pytest.raises(InvalidInput, match=f"no question {question.pk} about batch {other.pk}"):
        questions.answer(portal.maker, batch_id=other.pk, question_id=question.pk, text="Yes.")


def test_the_trail_binds_the_words_without_holding_them(portal: Portal, batch: Batch) -> None:
    answered, taken = ask(portal.approver, batch), ask(portal.approver, batch, "And row 4?")
    answer(portal.maker, answered)
    take_back(portal.approver, taken)
    entries = list(TrailEntry.objects.filter(event__startswith="question").order_by("id"))
    assert [(entry.event, entry.object_id, entry.actor_id) for entry in entries] == [
        ("question asked", answered.pk, portal.approver.id),
        ("question asked", taken.pk, portal.approver.id),
        ("question answered", answered.pk, portal.maker.id),
        ("question taken back", taken.pk, portal.approver.id),
    ]
    said = [answered, taken, answered.replies.get(), taken.replies.get()]
    assert [entry.data["sha256"] for entry in entries] == [commitment(one.salt, one.text) for one in said]
    assert all(entry.data["digest"] == batch.digest and entry.batch == batch for entry in entries)
    bodies = "".join(entry.body for entry in TrailEntry.objects.all())
    assert [one.text for one in said if one.text in bodies or one.salt in bodies] == []


def test_a_text_that_says_nothing_changes_nothing(portal: Portal, batch: Batch) -> None:
    question = ask(portal.approver, batch)
    before = TrailEntry.objects.count()
    for act in (
        lambda: ask(portal.approver, batch, " "),
        lambda: answer(portal.maker, question, "\n"),
        lambda: take_back(portal.approver, question, "x" * 1001),
    ):
        with pytest.raises(InvalidInput):
            act()
    assert (TrailEntry.objects.count(), QuestionReply.objects.count()) == (before, 0)
