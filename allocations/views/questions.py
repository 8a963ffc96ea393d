"""Asking about a batch, answering, taking a question back: POST only."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor, check_decide
from allocations.domain.questions import ReplyKind, check_answer, check_take_back
from allocations.forms.questions import AskForm, ReplyForm
from allocations.models import Question
from allocations.selectors.approvals import facts_of
from allocations.selectors.batch_pages import batches_with_people
from allocations.selectors.questions import facts_of_question
from allocations.services import questions
from allocations.views.approvals import sheet
from allocations.views.gates import action
from allocations.views.outcome import show_outcome


@action
def ask(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    check_decide(actor, facts_of(batch))
    form = AskForm(request.POST, batch=batch)
    if not form.is_valid():
        return sheet(request, actor, batch, ask_form=form)
    shown = {name: form.cleaned_data[name] for name in ("version", "digest")}
    question = questions.ask(actor, batch_id=batch_id, text=form.cleaned_data["question"], **shown)
    messages.info(request, _("You asked. The makers are told, and nobody can approve the batch before they answer."))
    return _to("allocations:batch-approval", question)


@action
def answer(request: HttpRequest, actor: Actor, batch_id: int, question_id: int) -> HttpResponseBase:
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    question = get_object_or_404(Question, pk=question_id, batch=batch)
    check_answer(actor, facts_of(batch), facts_of_question(question, batch))
    form = ReplyForm(request.POST, question_id=question_id, kind=ReplyKind.ANSWER)
    if not form.is_valid():
        return show_outcome(request, actor, batch, reply_form=form)
    questions.answer(actor, batch_id=batch_id, question_id=question_id, text=form.cleaned_data["text"])
    messages.info(request, _("You answered. Who asked is told, and everybody who approves the batch reads it first."))
    return _to("allocations:batch", question)


@action
def take_back(request: HttpRequest, actor: Actor, batch_id: int, question_id: int) -> HttpResponseBase:
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    question = get_object_or_404(Question, pk=question_id, batch=batch)
    check_take_back(actor, facts_of_question(question, batch))
    form = ReplyForm(request.POST, question_id=question_id, kind=ReplyKind.TAKE_BACK)
    if not form.is_valid():
        return sheet(request, actor, batch, reply_form=form)
    questions.take_back(actor, batch_id=batch_id, question_id=question_id, reason=form.cleaned_data["text"])
    messages.info(request, _("You took the question back. Other approvers read why before they approve."))
    return _to("allocations:batch-approval", question)


def _to(page: str, question: Question) -> HttpResponseBase:
    return redirect(f"{reverse(page, args=[question.batch_id])}#question-{question.pk}")
