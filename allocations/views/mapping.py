"""Which column of the list means what: shown, and corrected by a person."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from allocations.domain.errors import StateConflict
from allocations.domain.policy import Actor, can_see_personal_data, check_edit
from allocations.forms.mappings import MappingForm
from allocations.imports.mapping import how_sure
from allocations.models import Batch, Upload
from allocations.presenters.mappings import columns
from allocations.selectors.approvals import facts_of
from allocations.selectors.review import newest_upload
from allocations.services import batches
from allocations.services.restored import insist_on_free_rows
from allocations.views.gates import form_page


@form_page
def map_columns(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    batch = get_object_or_404(Batch, pk=batch_id)
    facts = facts_of(batch)
    check_edit(actor, facts)
    insist_on_free_rows(batch)
    upload = _mappable(batch)
    form = MappingForm(_posted(request), header=upload.header, mapping=upload.mapping)
    if form.is_valid():
        batches.map_columns(actor, batch_id=batch_id, mapping=form.mapping)
        return redirect("allocations:batch", batch_id=batch_id)
    sureness = how_sure(upload.header, upload.mapping)
    # Whoever had no hand in the list chooses by masked values, as everywhere else.
    shown = columns(upload.header, upload.sample, sureness, in_full=can_see_personal_data(actor, facts))
    context = {"batch": batch, "upload": upload, "form": form, "lines": list(zip(shown, form, strict=True))}
    return render(request, "allocations/mapping/page.html", context, status=422 if form.is_bound else 200)


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _mappable(batch: Batch) -> Upload:
    upload = newest_upload(batch.pk)
    if upload is None or not upload.header:
        raise StateConflict(batches.NO_HEADER)
    return upload
