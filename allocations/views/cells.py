"""One cell of a list before submission: mended by hand, put back as in the file."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor, can_see_personal_data, check_edit
from allocations.forms.cells import CellForm, PutBackForm
from allocations.forms.mappings import LABELS
from allocations.models import Batch, Row
from allocations.presenters.cells import shown_cell
from allocations.selectors.approvals import facts_of
from allocations.selectors.review import newest_upload
from allocations.services import mending
from allocations.services.restored import insist_on_free_rows
from allocations.views.gates import action, form_page
from allocations.views.review import to_grid


@form_page
def mend_cell(request: HttpRequest, actor: Actor, batch_id: int, number: int, field: str) -> HttpResponse:
    batch = get_object_or_404(Batch, pk=batch_id)
    check_edit(actor, facts_of(batch))
    insist_on_free_rows(batch)
    row = _row(batch, number, field)
    mending.check_mendable(row)
    form = CellForm(request.POST or None, label=LABELS[field])
    if form.is_valid() and _stored(actor, row, field, form):
        messages.info(request, f"{LABELS[field]} of row {number} is changed. What the file had stays beside it.")
        return to_grid(request, batch_id)
    cell = shown_cell(
        mending.stored(row),
        row,
        field,
        upload=newest_upload(batch_id),
        in_full=can_see_personal_data(actor, facts_of(batch)),
    )
    form.initial = {"text": cell.text, "seen": mending.fingerprint(row, field)}
    context = {"batch": batch, "row": row, "label": LABELS[field], "cell": cell, "form": form}
    context |= {"field": field, "query": request.GET.urlencode()}
    return render(request, "allocations/cell/page.html", context, status=422 if form.is_bound else 200)


@action
def put_back(request: HttpRequest, actor: Actor, batch_id: int, number: int, field: str) -> HttpResponse:
    form = PutBackForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else ""
    mending.put_back_cell(actor, batch_id=batch_id, number=number, field=field, seen=seen)
    messages.info(request, f"Row {number}: {LABELS[field]} is as in the file again.")
    return to_grid(request, batch_id)


def _row(batch: Batch, number: int, field: str) -> Row:
    if field not in LABELS:
        raise Http404(f"No column is called {field}.")
    row: Row = get_object_or_404(batch.rows, number=number)
    return row


def _stored(actor: Actor, row: Row, field: str, form: CellForm) -> bool:
    """False where the text was refused; the form then says why and keeps it."""
    text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
    try:
        mending.mend_cell(actor, batch_id=row.batch_id, number=row.number, field=field, text=text, seen=seen)
    except InvalidInput as refused:
        form.add_error("text", refused.sentence)
        return False
    return True
