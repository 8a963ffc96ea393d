"""One box for everything: people, ids, batches, digests."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from allocations.domain.policy import Actor, can_export
from allocations.domain.searching import Meant, read_search
from allocations.forms.searches import Search, search_of, years
from allocations.models import Row
from allocations.presenters import found as words
from allocations.presenters.batch_lines import present_lines
from allocations.presenters.row_lines import FILTERS
from allocations.presenters.stories import person as person_words
from allocations.selectors.batch_lists import batch_lines
from allocations.selectors.facets import walk_rows
from allocations.selectors.reveals import revealed
from allocations.selectors.searching import (
    Found,
    approvers,
    find_batches,
    find_reversals,
    find_rows,
    found_ids,
    makers,
    views_of,
)
from allocations.selectors.wallets import accounts
from allocations.views.gates import page
from allocations.views.ready_views import TITLES
from allocations.views.revealing import until_then


@page
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    asked = search_of(request.GET)
    context = {
        "asked": asked,
        "states": FILTERS,
        "years": years(timezone.now()),
        "accounts": accounts(),
        "may_export": can_export(actor),
        "ready": TITLES,
        "views": views_of(actor.id),
        "makers": [(one.pk, person_words(one)) for one in makers()],
        "approvers": [(one.pk, person_words(one)) for one in approvers()],
    }
    if asked.text:
        return _found(request, actor, asked, context)
    if asked.has_facets:
        walk = walk_rows(asked.facets, after=asked.place)
        return _listed(request, actor, walk.rows, {**context, "walk": walk})
    return render(request, "allocations/search/page.html", context)


def _found(request: HttpRequest, actor: Actor, asked: Search, context: dict[str, object]) -> HttpResponse:
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
        "many": words.many(_counted(meant, asked, rows)),
        "batches": present_lines(batch_lines(batches)),
        "reversals": reversals,
        "tried": words.tried(meant, asked.text, rows_only=rows_only or bool(batches)),
        "advice": words.advice(meant),
    }
    return _listed(request, actor, rows.rows, context)


def _counted(meant: Meant, asked: Search, found: Found) -> int | None:
    """Rows of all pages, or one more than COUNTED; None where counting could mean to look through all rows."""
    if asked.after is None and found.after is None:
        return len(found.rows)
    return None if asked.has_facets else len(found_ids(meant, asked.facets, most=words.COUNTED))


def _listed(request: HttpRequest, actor: Actor, rows: Sequence[Row], context: dict[str, object]) -> HttpResponse:
    """Masked, but for the rows that this person sees in full for a while."""
    shown = revealed(actor, rows, now=timezone.now())
    context["hits"] = words.hits(rows, shown)
    return until_then(render(request, "allocations/search/page.html", context), *shown.values())
