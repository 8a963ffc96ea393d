"""Views that an auditor need not put together."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from allocations.domain.policy import Actor
from allocations.forms.row_filters import number
from allocations.forms.searches import april, search_of, years
from allocations.presenters import ready_views as words
from allocations.selectors import ready_views as reads
from allocations.views.gates import page

LATE, OWN_POLICY, CLOSED = "late", "own-policy", "closed"
IN_FULL, REVEALS, EXPORTS = "in-full", "reveals", "exports"
TITLES = (
    (LATE, _("Approved outside office hours")),
    (OWN_POLICY, _("Approved soon after changing the policy")),
    (CLOSED, _("Unknown and conflict rows that people closed")),
    (IN_FULL, _("Personal data taken out in full")),
    (REVEALS, _("Personal data revealed on a page")),
    (EXPORTS, _("Searches that were exported")),
)


@page
def ready_views(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - every role searches alike
    """`view`: one of TITLES, `year`: the one in which a financial year begins."""
    wanted = request.GET.get("view", "")
    view = wanted if wanted in dict(TITLES) else LATE
    year = search_of(request.GET).year
    place = reads.Place(
        since=april(year) if year else None,
        until=april(year + 1) if year else None,
        before=number(request.GET.get("before", "")),
    )
    lines, before = _lines(view, place)
    context = {
        "view": view,
        "titles": TITLES,
        "title": dict(TITLES)[view],
        "lines": lines,
        "before": before,
        "place": place,
        "year": year,
        "years": years(timezone.now()),
        "opens": settings.OFFICE_OPENS,
        "closes": settings.OFFICE_CLOSES,
    }
    return render(request, "allocations/search/ready.html", context)


# Each view but the first, which needs the office hours: how it is read and how a line of it is said.
_VIEWS: dict[str, tuple[Callable[..., reads.Listed[Any]], Callable[[Any], words.Line]]] = {
    OWN_POLICY: (reads.approved_under_own_policy, words.under_own_policy),
    CLOSED: (reads.closed_by_people, words.closed),
    IN_FULL: (reads.taken_in_full, words.in_full),
    REVEALS: (reads.reveals, words.revealed),
    EXPORTS: (reads.exported_searches, words.exported_search),
}


def _lines(view: str, place: reads.Place) -> tuple[list[words.Line], int | None]:
    if view in _VIEWS:
        read, said = _VIEWS[view]
        found = read(place)
        return [said(one) for one in found.found], found.before
    late = reads.late_approvals(
        place, opens=settings.OFFICE_OPENS, closes=settings.OFFICE_CLOSES, days=settings.OFFICE_DAYS
    )
    return [words.late_approval(one) for one in late.found], late.before
