"""How a list is read where a person has to say it: a sheet, the header's row, what they confirm."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor
from allocations.forms.readings import QuestionForm, ReadingForm
from allocations.models import Batch
from allocations.selectors.review import newest_upload
from allocations.services import batches
from allocations.views.gates import action


@action
def choose_reading(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    upload = newest_upload(batch_id)
    choice = ReadingForm(request.POST).choice(before=upload.choice if upload else {})
    batches.choose_reading(actor, batch_id=batch_id, choice=choice)
    return redirect("allocations:batch", batch_id=batch_id)


@action
def confirm_reading(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    form = QuestionForm(request.POST)
    batches.confirm_reading(actor, batch_id=batch_id, code=form.cleaned_data["code"] if form.is_valid() else "")
    messages.info(request, _("Confirmed. Your name and what you confirmed are in the batch's trail."))
    return redirect("allocations:batch", batch_id=batch_id)
