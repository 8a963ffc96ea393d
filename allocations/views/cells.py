"""One cell of a list before submission: mended by hand, put back as in the file. On its own page, or in the grid."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor, can_see_personal_data, check_edit
from allocations.forms.cells import CellForm, PutBackForm
from allocations.forms.mappings import LABELS
from allocations.models import Batch, Row
from allocations.presenters.cells import shown_cell
from allocations.selectors.approvals import facts_of
from allocations.selectors.review import newest_upload
from allocations.services import mending
from allocations.services.restored import insist_on_free_rows
from allocations.views.gates import action, form_page, wants_fragment
from allocations.views.review import to_grid
from allocations.views.review_rows import changed_rows


@form_page
def mend_cell(request: HttpRequest, actor: Actor, batch_id: int, number: int, field: str) -> HttpResponse:
    """For htmx the cell's editor, then the rows that it changed."""
    batch = get_object_or_404(Batch, pk=batch_id)
    check_edit(actor, facts_of(batch))
    insist_on_free_rows(batch)
    row = _row(batch, number, field)
    mending.check_mendable(row)
    form = CellForm(request.POST or None, label=LABELS[field])
    around = _stored(request, actor, row, field, form) if form.is_valid() else None
    if around is None:
        return _editor(request, actor, batch, row, field, form)
    said = _("%(field)s of row %(row)s is changed. What the file had stays beside it.")
    said %= {"field": LABELS[field], "row": number}
    if wants_fragment(request):
        return changed_rows(request, actor, batch_id, around & form.shown_rows | {number}, said=said)
    messages.info(request, said)
    return to_grid(request, batch_id)


@action
def put_back(request: HttpRequest, actor: Actor, batch_id: int, number: int, field: str) -> HttpResponse:
    form = PutBackForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else ""
    around = mending.put_back_cell(actor, batch_id=batch_id, number=number, field=field, seen=seen)
    said = _("Row %(row)s: %(field)s is as in the file again.") % {"field": LABELS[field], "row": number}
    if wants_fragment(request):
        return changed_rows(request, actor, batch_id, around & form.shown_rows | {number}, said=said)
    messages.info(request, said)
    return to_grid(request, batch_id)


def _row(batch: Batch, number: int, field: str) -> Row:
    if field not in LABELS:
        raise Http404(f"No column is called {field}.")
    row: Row = get_object_or_404(batch.rows, number=number)
    return row


def _stored(request: HttpRequest, actor: Actor, row: Row, field: str, form: CellForm) -> frozenset[int] | None:
    """The rows around it; None where the text was refused. The form then says why and keeps it."""
    text, seen = form.cleaned_data["text"], form.cleaned_data["seen"]
    try:
        return mending.mend_cell(actor, batch_id=row.batch_id, number=row.number, field=field, text=text, seen=seen)
    except InvalidInput as refused:
        form.add_error("text", refused.sentence)
    except StateConflict as conflict:
        row.refresh_from_db()
        # In the grid the person sees beside their own text what somebody else has stored.
        if not wants_fragment(request) or mending.is_as_seen(row, field, seen):
            raise
        form.is_late = True
        form.add_error("text", conflict.sentence)
    return None


def _editor(request: HttpRequest, actor: Actor, batch: Batch, row: Row, field: str, form: CellForm) -> HttpResponse:
    in_full = can_see_personal_data(actor, facts_of(batch))
    cell = shown_cell(mending.stored(row), row, field, upload=newest_upload(batch.pk), in_full=in_full)
    seen = mending.fingerprint(row, field)
    form.initial = {"text": cell.text, "seen": seen}
    context = {"batch": batch, "row": row, "label": LABELS[field], "cell": cell, "form": form}
    context |= {"number": row.number, "field": field, "seen": seen, "query": request.GET.urlencode()}
    if form.is_late:
        return changed_rows(request, actor, batch.pk, {row.number}, said=str(form.errors["text"][0]), editor=context)
    template = "review/_editor" if wants_fragment(request) else "cell/page"
    return render(request, f"allocations/{template}.html", context, status=422 if form.is_bound else 200)
