"""Exports of a batch and of a search. POST, because each leaves an entry in the trail: a GET never writes."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor
from allocations.domain.searching import read_search
from allocations.exports.batch import Made, batch_file
from allocations.exports.cells import points
from allocations.exports.kinds import FileKind
from allocations.exports.search import MadeSearch, Wanted, search_file
from allocations.forms.searches import search_of
from allocations.models import Batch
from allocations.presenters.reasons import EVIDENCE, EXPLANATIONS
from allocations.views.files import handed_out
from allocations.views.gates import action

_REASONS = {code.value: explanation.words for code, explanation in EXPLANATIONS.items()}
_EVIDENCE = {code.value: words for code, words in EVIDENCE.items()}


@action
def export_batch(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    """`kind`: a FileKind; `outcome`: a word of the export's outcomes, or nothing for all rows."""
    get_object_or_404(Batch, pk=batch_id)
    made = batch_file(
        actor,
        batch_id=batch_id,
        kind=request.POST.get("kind", ""),
        outcome=request.POST.get("outcome", ""),
        reasons=_REASONS,
        evidence=_EVIDENCE,
    )
    return _answer(made, Export_Batch_Digest=made.batch.digest)


@action
def export_search(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The search of the page from which it is sent, with all its pages."""
    asked = search_of(request.POST)
    if not (asked.text or asked.has_facets):
        raise InvalidInput("There is no search to export. Type what you look for, or choose a filter.")
    made = search_file(
        actor,
        Wanted(read_search(asked.text) if asked.text else None, asked.facets, asked.filter),
        kind=request.POST.get("kind", FileKind.CSV),
        reasons=_REASONS,
        evidence=_EVIDENCE,
    )
    return _answer(made)


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
