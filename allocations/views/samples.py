"""Opening a row of the sample: POST only, because it is noted who looked at what."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from allocations.domain.policy import Actor, can_see_personal_data
from allocations.selectors.approvals import facts_of
from allocations.selectors.batch_pages import batches_with_people
from allocations.services.samples import open_sample_row
from allocations.views.approvals import door_context, sample_context
from allocations.views.gates import action


@action
def open_row(request: HttpRequest, actor: Actor, batch_id: int, number: int) -> HttpResponseBase:
    open_sample_row(actor, batch_id=batch_id, digest=request.POST.get("digest", ""), number=number)
    if not getattr(request, "htmx", False):
        address = reverse("allocations:batch-approval", args=[batch_id])
        return redirect(f"{address}?sample={number}#sample-{number}")
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    context = {
        "batch": batch,
        "in_full": can_see_personal_data(actor, facts_of(batch)),
        **sample_context(batch, actor, shown=str(number)),
        **door_context(request, batch, actor),
    }
    return render(request, "allocations/approvals/_opened.html", context)
