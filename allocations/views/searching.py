"""One box for everything: people, ids, batches, digests."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from allocations.domain.policy import Actor
from allocations.domain.searching import read_search
from allocations.forms.searches import Search, search_of, years
from allocations.presenters import found as words
from allocations.presenters.batch_lines import present_lines
from allocations.presenters.row_lines import FILTERS
from allocations.selectors.batch_lists import batch_lines
from allocations.selectors.searching import find_batches, find_reversals, find_rows
from allocations.selectors.wallets import accounts
from allocations.views.gates import page


@page
def search(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - every role searches alike
    asked = search_of(request.GET)
    context = {
        "asked": asked,
        "states": FILTERS,
        "years": years(timezone.now()),
        "accounts": accounts(),
    }
    if not asked.text:
        return render(request, "allocations/search/page.html", context)
    return _found(request, asked, context)


def _found(request: HttpRequest, asked: Search, context: dict[str, object]) -> HttpResponse:
    meant = read_search(asked.text)
    rows = find_rows(meant, asked.facets, after=asked.after)
    rows_only = asked.has_facets or asked.after is not None
    batches = [] if rows_only else find_batches(meant, asked.text)
    reversals = [] if rows_only else find_reversals(meant)
    # A batch's own number, and nothing else it could be: straight to it.
    if [batch.pk for batch in batches] == [meant.batch] and not (rows.rows or reversals):
        return redirect("allocations:batch", batch_id=batches[0].pk)
    context |= {
        "found": rows,
        "hits": words.hits(rows.rows),
        "batches": present_lines(batch_lines(batches)),
        "reversals": reversals,
        "tried": words.tried(meant, asked.text, rows_only=rows_only or bool(batches)),
        "advice": words.advice(meant),
    }
    return render(request, "allocations/search/page.html", context)
