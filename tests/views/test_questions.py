"""Asking on the sheet, answering on the batch's page, and who sees what of it. No page of this needs JavaScript."""

import pytest
from django.urls import reverse

from allocations.models import Batch, Question, QuestionReply, Vote
from allocations.services.submission import withdraw_batch
from tests.factories.batches import submitted_batch
from tests.factories.people import known, person
from tests.factories.questions import answer, ask, take_back
from tests.views.test_approvals import approver, sheet, vote
from tests.views.test_policies import words

pytestmark = pytest.mark.django_db
WHY = "Row 3: why five times as much?"


@pytest.fixture
def batch() -> Batch:
    return submitted_batch()


@pytest.fixture
def asker():
    return approver()


def post(client, name: str, *numbers: int, **fields):
    return client.post(reverse(f"allocations:{name}", args=numbers), fields)


def asked(client, batch: Batch, text: str = WHY, **changes):
    content = {"version": batch.version, "digest": batch.digest, "question": text}
    return post(client, "question-ask", batch.pk, **(content | changes))


def page(client, batch: Batch, **query) -> str:
    return client.get(reverse("allocations:batch", args=[batch.pk]), query).text


def test_a_question_is_asked_answered_and_ticked(client, batch, asker):
    client.force_login(asker)
    assert "Questions and answers" not in sheet(client, batch)
    response = asked(client, batch)
    question = Question.objects.get()
    assert response.url == f"/batches/{batch.pk}/approval/#question-{question.pk}"
    text = sheet(client, batch)
    assert (WHY in text, "open: waits for an answer" in text, 'id="total"' in text) == (True, True, False)
    assert "1 question about this list waits for an answer." in text
    client.force_login(batch.uploaded_by)
    assert (WHY in page(client, batch), f'id="answer-{question.pk}"' in page(client, batch)) == (True, True)
    response = post(client, "question-answer", batch.pk, question.pk, text="Her award.\nOf five years.")
    assert response.url == f"/batches/{batch.pk}/#question-{question.pk}"
    client.force_login(asker)
    text = sheet(client, batch)
    assert ("Her award.<br>Of five years." in text, 'id="total"' in text) == (True, True)
    refused = vote(client, batch)
    assert (refused.status_code, "1 not ticked: “Question 1 and what was answered”" in refused.text) == (422, True)
    assert vote(client, batch, seen=[f"question_{question.pk}_1"]).status_code == 302
    assert Vote.objects.count() == 1


def test_a_vote_on_a_page_from_before_the_question_is_refused(client, batch, asker):
    ask(known(person("approver")), batch)
    client.force_login(asker)
    response = vote(client, batch)
    assert (response.status_code, "waits for an answer" in response.text) == (409, True)
    assert not Vote.objects.exists()


def test_who_asked_takes_it_back_and_others_read_why(client, batch, asker):
    question = ask(known(asker), batch)
    client.force_login(approver())
    text = sheet(client, batch)
    assert (question.text in text, "Take the question back" in text) == (True, False)
    refused = post(client, "question-take-back", batch.pk, question.pk, text="Enough.")
    assert (refused.status_code, "Somebody else asked this" in refused.text) == (403, True)
    client.force_login(asker)
    assert "Take the question back" in sheet(client, batch)
    post(client, "question-take-back", batch.pk, question.pk, text="Payroll told me.")
    text = sheet(client, batch)
    assert ("Payroll told me." in text, "taken back by who asked" in text, 'id="total"' in text) == (True, True, True)


@pytest.mark.parametrize(
    ("name", "role", "sentence"),
    [
        ("question-ask", "admin", "To decide about a batch you need the role approver."),
        ("question-ask", "auditor", "To decide about a batch you need the role approver."),
        ("question-ask", "owner", "To decide about a batch you need the role approver."),
        ("question-answer", "approver", "To answer a question about a batch you need the role admin."),
        ("question-answer", "auditor", "To answer a question about a batch you need the role admin."),
        ("question-answer", "admin", "Only people who made or changed this batch answer questions about it."),
        ("question-take-back", "admin", "To take a question back you need the role approver."),
        ("question-take-back", "owner", "To take a question back you need the role approver."),
    ],
)
def test_others_are_refused_with_the_sentence(client, batch, name, role, sentence):
    question = ask(known(approver()), batch)
    client.force_login(person(role))
    numbers = [batch.pk] if name == "question-ask" else [batch.pk, question.pk]
    response = post(client, name, *numbers, text="Yes.", question="Why?")
    assert (response.status_code, sentence in words(response)) == (403, True)
    assert (Question.objects.count(), QuestionReply.objects.count()) == (1, 0)


def test_a_maker_who_is_an_approver_too_can_only_answer(client, asker):
    batch = submitted_batch(uploaded_by=person("admin", "approver"))
    question = ask(known(asker), batch)
    client.force_login(batch.uploaded_by)
    text = sheet(client, batch)
    assert ("Ask a question" in text, f'id="answer-{question.pk}"' in text, 'name="seen"' in text) == (
        False,
        True,
        False,
    )
    assert asked(client, batch).status_code == 403


@pytest.mark.parametrize("role", ["auditor", "owner", "admin"])
def test_who_only_reads_sees_the_thread_masked_and_no_form(client, batch, asker, role):
    ask(known(asker), batch, "Is 98765 43210 or asha@example.com right?")
    client.force_login(person(role))
    for text in (sheet(client, batch), page(client, batch)):
        assert ("******3210 or a***@example.com right?" in text, "43210" in text) == (True, False)
        assert "<textarea" not in text


def test_what_is_refused_is_shown_again_beside_its_question(client, batch, asker):
    question = ask(known(asker), batch)
    client.force_login(asker)
    for refused in (
        asked(client, batch, "x" * 1001),
        post(client, "question-take-back", batch.pk, question.pk, text="x" * 1001),
    ):
        assert (refused.status_code, "has 1,001 characters" in refused.text) == (422, True)
        assert "x" * 1001 in refused.text
    assert "Empty. Write it in a sentence" in asked(client, batch, " ").text
    client.force_login(batch.uploaded_by)
    refused = post(client, "question-answer", batch.pk, question.pk, text="y" * 1001)
    assert (refused.status_code, "y" * 1001 in refused.text) == (422, True)
    assert (Question.objects.count(), QuestionReply.objects.count()) == (1, 0)


def test_a_question_about_another_content_is_refused(client, batch, asker):
    client.force_login(asker)
    refused = asked(client, batch, digest="00" * 32)
    assert (refused.status_code, "You saw AAAA-AAAA; the batch is now" in refused.text) == (422, True)
    assert (WHY in refused.text, Question.objects.count()) == (True, 0)


def test_a_question_of_another_batch_is_not_there(client, batch, asker):
    question, other = ask(known(asker), batch), submitted_batch()
    client.force_login(other.uploaded_by)
    assert post(client, "question-answer", other.pk, question.pk, text="Yes.").status_code == 404


def test_words_are_never_markup(client, batch, asker):
    ask(known(asker), batch, "<script>alert(1)</script>")
    client.force_login(batch.uploaded_by)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page(client, batch)


def test_the_thread_stays_readable_where_the_list_goes(client, batch, asker):
    question = ask(known(asker), batch)
    client.force_login(batch.uploaded_by)
    withdraw_batch(known(batch.uploaded_by), batch_id=batch.pk)
    text = page(client, batch)
    assert (question.text in text, "closed without an answer" in text, "<textarea" in text) == (True, True, False)
    late = post(client, "question-answer", batch.pk, question.pk, text="Yes.")
    assert (late.status_code, "It needs no answer." in late.text) == (409, True)


def test_an_approved_batch_has_its_questions_beside_its_votes(client, batch, asker):
    question = ask(known(asker), batch)
    answer(known(batch.uploaded_by), question, "Because.")
    client.force_login(asker)
    vote(client, batch, seen=[f"question_{question.pk}_1"])
    assert "Because." not in page(client, batch)
    assert "Because." in page(client, batch, tab="votes")


def test_home_and_queue_tell_of_open_questions(client, batch, asker):
    question = ask(known(asker), batch)
    queue = reverse("allocations:approvals")
    client.force_login(batch.uploaded_by)
    assert f"1 question waits for your answer: “{batch.purpose}”" in words(client.get("/"))
    client.force_login(asker)
    assert "waits for your answer" not in words(client.get("/"))
    assert "1 question about this list waits for an answer." in words(client.get(queue))
    take_back(known(asker), question)
    assert "waits for an answer" not in words(client.get(queue))
    client.force_login(batch.uploaded_by)
    assert "waits for your answer" not in words(client.get("/"))
