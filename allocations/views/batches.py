"""The list of batches, and the page of one batch in whatever state it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from allocations.domain.policy import Actor, can_upload
from allocations.domain.states import BatchState
from allocations.forms.batch_filters import TABS, BatchFilterForm
from allocations.presenters.batch_lines import present_lines
from allocations.selectors.batch_lists import batch_page
from allocations.selectors.batch_pages import batches_with_people
from allocations.views.gates import page
from allocations.views.importing import show_import
from allocations.views.lists import show_draft
from allocations.views.outcome import show_outcome
from allocations.views.review import show_review


@page
def list_batches(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = BatchFilterForm(request.GET)
    found = batch_page(states=form.states, text=form.text, before=form.older_than)
    context = {
        "lines": present_lines(found.lines),
        "before": found.before,
        "form": form,
        "tabs": TABS,
        "can_upload": can_upload(actor),
    }
    return render(request, "allocations/batches/page.html", context)


@page
def show_batch(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    match BatchState(batch.state):
        case BatchState.DRAFT:
            return show_draft(request, actor, batch)
        case BatchState.CHECKING:
            return show_import(request, batch)
        case BatchState.REVIEW:
            return show_review(request, actor, batch)
        case BatchState.SUBMITTED | BatchState.APPROVED:
            return show_outcome(request, actor, batch)
