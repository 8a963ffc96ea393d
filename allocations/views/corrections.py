"""The rows with problems out as a workbook, and back in: uploaded, shown as a difference, applied or given up."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from allocations.domain.corrections import MOST_ROWS, Line
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor, check_correct
from allocations.exports.corrections import correction_workbook
from allocations.exports.hashes import sha256_of
from allocations.forms.corrections import LARGEST, SeenForm, WorkbookForm
from allocations.forms.mappings import LABELS
from allocations.forms.row_filters import number
from allocations.imports.corrections import read_workbook
from allocations.models import Batch
from allocations.presenters.corrections import diff_page
from allocations.presenters.numbers import counted
from allocations.selectors.approvals import facts_of
from allocations.selectors.corrections import correctable_rows, open_correction
from allocations.services import corrections
from allocations.services.restored import insist_on_free_rows
from allocations.views.files import handed_out, in_english
from allocations.views.gates import action, form_page


@action
def download_corrections(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:  # noqa: ARG001 - as every view
    """POST, because it leaves an entry in the trail."""
    get_object_or_404(Batch, pk=batch_id)
    made = in_english(correction_workbook, actor, batch_id=batch_id)
    return handed_out(made, "xlsx", Export_Rows=made.rows)


@form_page
def correct(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """GET shows what the person's workbook would change, if there is one; POST takes a workbook."""
    batch = get_object_or_404(Batch, pk=batch_id)
    check_correct(actor, facts_of(batch))
    insist_on_free_rows(batch)
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if form.is_valid() and _kept(actor, batch, form):
        return redirect("allocations:batch-corrections", batch_id=batch_id)
    context = {
        "batch": batch,
        "form": form,
        "left": correctable_rows(batch_id).count(),
        "most": MOST_ROWS,
        "largest": LARGEST,
        **_difference(request, batch, actor),
    }
    return render(request, "allocations/corrections/page.html", context, status=422 if form.is_bound else 200)


def _kept(actor: Actor, batch: Batch, form: WorkbookForm) -> bool:
    """False where the workbook was refused; the form then says why."""
    file: File[bytes] = form.cleaned_data["file"]
    try:
        lines, sha256 = _read(file)
        corrections.propose(
            actor, batch_id=batch.pk, lines=lines, file_name=Path(file.name or "").name[:255], sha256=sha256
        )
    except (InvalidInput, StateConflict) as refused:
        form.add_error("file", refused.sentence)
        return False
    return True


def _read(file: "File[bytes]") -> tuple[list[Line], str]:
    """Its lines and its SHA-256. The stored name is ours and lasts as long as the reading."""
    with TemporaryDirectory(prefix="corrections-") as folder:
        path = Path(folder, "corrections.xlsx")
        with path.open("wb") as out:
            for piece in file.chunks():
                out.write(piece)
        with path.open("rb") as content:
            sha256 = sha256_of(content)
        return read_workbook(path), sha256


def _difference(request: HttpRequest, batch: Batch, actor: Actor) -> dict[str, object]:
    correction = open_correction(batch, actor.id)
    if correction is None:
        return {"correction": None}
    found = corrections.preview(correction)
    page = diff_page(found.rows, after=number(request.GET.get("after", "")) or 0, labels=LABELS)
    return {
        "correction": correction,
        "page": page,
        "conflict": found.conflict,
    }


@action
def apply_corrections(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    form = SeenForm(request.POST)
    seen = form.cleaned_data["correction"] if form.is_valid() else 0
    get_object_or_404(Batch, pk=batch_id)
    done = corrections.apply_correction(actor, batch_id=batch_id, correction_id=seen)
    said = _("%(cells)s in %(rows)s changed. What the file had stays beside them.")
    messages.info(request, said % {"cells": counted(done.cells, "cell"), "rows": counted(done.rows, "row")})
    return redirect("allocations:batch", batch_id=batch_id)


@action
def give_up_corrections(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    get_object_or_404(Batch, pk=batch_id)
    corrections.give_up(actor, batch_id=batch_id)
    messages.info(request, _("The workbook is given up. The list is as it was."))
    return redirect("allocations:batch", batch_id=batch_id)
