"""The trail of a batch."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from allocations.domain.policy import Actor
from allocations.forms.row_filters import number
from allocations.models import Batch
from allocations.presenters.trails import events
from allocations.selectors.trails import trail_page
from allocations.views.gates import page


@page
def batch_trail(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:  # noqa: ARG001 - as every view
    batch = get_object_or_404(Batch, pk=batch_id)
    found = trail_page(batch, before=number(request.GET.get("before", "")))
    context = {"batch": batch, "events": events(found.entries), "older": found.older}
    return render(request, "allocations/trail/page.html", context)
