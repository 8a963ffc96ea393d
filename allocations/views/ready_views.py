"""Views that an auditor need not put together."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from allocations.domain.policy import Actor
from allocations.forms.row_filters import number
from allocations.forms.searches import april, search_of, years
from allocations.presenters import ready_views as words
from allocations.selectors import ready_views as reads
from allocations.views.gates import page

LATE, CLOSED, IN_FULL, REVEALS, EXPORTS = "late", "closed", "in-full", "reveals", "exports"
TITLES = (
    (LATE, "Approved outside office hours"),
    (CLOSED, "Unknown and conflict rows that people closed"),
    (IN_FULL, "Personal data taken out in full"),
    (REVEALS, "Personal data revealed on a page"),
    (EXPORTS, "Searches that were exported"),
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


def _lines(view: str, place: reads.Place) -> tuple[list[words.Line], int | None]:
    if view == CLOSED:
        closed = reads.closed_by_people(place)
        return [words.closed(one) for one in closed.found], closed.before
    if view == IN_FULL:
        taken = reads.taken_in_full(place)
        return [words.in_full(one) for one in taken.found], taken.before
    if view == REVEALS:
        shown = reads.reveals(place)
        return [words.revealed(one) for one in shown.found], shown.before
    if view == EXPORTS:
        exported = reads.exported_searches(place)
        return [words.exported_search(one) for one in exported.found], exported.before
    late = reads.late_approvals(
        place, opens=settings.OFFICE_OPENS, closes=settings.OFFICE_CLOSES, days=settings.OFFICE_DAYS
    )
    return [words.late_approval(one) for one in late.found], late.before
