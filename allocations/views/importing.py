"""The reading of a list, watched."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone

from allocations.domain.policy import Actor
from allocations.domain.states import BatchState
from allocations.models import Batch
from allocations.presenters.importing import progress
from allocations.selectors.review import newest_upload
from allocations.views.gates import page, wants_fragment


def show_import(request: HttpRequest, batch: Batch) -> HttpResponse:
    return render(request, "allocations/import/page.html", _context(batch))


@page
def poll_import(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:  # noqa: ARG001 - the gate's signature
    """The fragment that asks for itself again, until the list is read and the whole page changes."""
    batch = get_object_or_404(Batch, pk=batch_id)
    if not wants_fragment(request):
        return redirect("allocations:batch", batch_id=batch_id)
    if batch.state != BatchState.CHECKING:
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("allocations:batch", batch_id=batch_id)})
    return render(request, "allocations/import/_progress.html", _context(batch))


def _context(batch: Batch) -> dict[str, object]:
    upload = newest_upload(batch.pk)
    return {
        "batch": batch,
        "upload": upload,
        "progress": progress(upload, now=timezone.now()) if upload else None,
    }
