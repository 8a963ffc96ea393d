"""Exports of a batch, its sheet and a search. POST, because each leaves an entry in the trail: a GET never writes."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor
from allocations.domain.searching import read_search
from allocations.exports.approval_sheet import Rows, approval_sheet
from allocations.exports.batch import Made, batch_file, check_outcome
from allocations.exports.cells import points
from allocations.exports.kinds import CSVS, FileKind, kind_of
from allocations.exports.search import MadeSearch, TooMuch, Wanted, search_file
from allocations.exports.tallies import rows_of
from allocations.forms.searches import search_of
from allocations.models import Batch, ExportJob
from allocations.presenters.reasons import EVIDENCE, EXPLANATIONS
from allocations.selectors.totals import batch_totals
from allocations.services.export_jobs import ask_export
from allocations.services.exporting import check_export
from allocations.views.files import handed_out, in_english
from allocations.views.gates import action

_REASONS = {code.value: explanation.words for code, explanation in EXPLANATIONS.items()}
_EVIDENCE = {code.value: words for code, words in EVIDENCE.items()}


@action
def export_batch(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    """`kind`: a FileKind; `outcome`: a word of the export's outcomes, or nothing for all rows.

    A large one is left to a worker.
    """
    batch = get_object_or_404(Batch, pk=batch_id)
    kind, outcome = kind_of(request.POST.get("kind", "")), request.POST.get("outcome", "")
    check_outcome(outcome)
    if rows_of(batch, batch_totals(batch), outcome=outcome) > settings.EXPORT_DIRECT_ROWS:
        check_export(actor, batch)
        return _later(ask_export(actor, batch_id=batch_id, kind=kind, outcome=outcome))
    made = in_english(
        batch_file,
        actor,
        batch_id=batch_id,
        kind=kind,
        outcome=outcome,
        reasons=_REASONS,
        evidence=_EVIDENCE,
    )
    return _answer(made, Export_Batch_Digest=made.batch.digest)


@action
def export_sheet(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    """The approval sheet as PDF. `rows`: a word of its `Rows`, or nothing for the sample."""
    batch = get_object_or_404(Batch, pk=batch_id)
    made = in_english(approval_sheet, actor, batch_id=batch.pk, rows=request.POST.get("rows", Rows.SAMPLE))
    return handed_out(made, "pdf", Sheet_Rows=made.rows)


@action
def export_search(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The search of the page from which it is sent, with all its pages."""
    asked = search_of(request.POST)
    if not (asked.text or asked.has_facets):
        raise InvalidInput("There is no search to export. Type what you look for, or choose a filter.")
    kind = kind_of(request.POST.get("kind", FileKind.CSV), of=CSVS)
    wanted = Wanted(read_search(asked.text) if asked.text else None, asked.facets, asked.filter)
    try:
        made = in_english(search_file, actor, wanted, kind=kind, reasons=_REASONS, evidence=_EVIDENCE)
    except TooMuch:
        # What is searched for in words is kept nowhere, so no worker could be told.
        if asked.text:
            raise
        return _later(ask_export(actor, batch_id=None, kind=kind, query=asked.filter_query))
    return _answer(made)


def _later(export: ExportJob) -> HttpResponseBase:
    return redirect("allocations:export", export_id=export.pk)


def _answer(made: Made | MadeSearch, **more: object) -> HttpResponseBase:
    """The headers are what the sheet "About" says, for those who fetch the CSV by program."""
    return handed_out(
        made,
        made.kind,
        Export_Rows=made.tally.row_count,
        Export_Points=made.tally.points.total(),
        Export_Credited_Points=points(made.tally.credited),
        **more,
    )
