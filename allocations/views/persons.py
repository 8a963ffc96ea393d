"""All rows of one person. A row leads here, so that no address names a mobile."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from allocations.domain.policy import Actor
from allocations.forms.row_filters import number as whole
from allocations.models import Row
from allocations.presenters import found, passports, persons
from allocations.presenters.times import year_start
from allocations.selectors.persons import person_rows, years_of
from allocations.selectors.reveals import revealed
from allocations.views.gates import page
from allocations.views.redeeming import redeem_form
from allocations.views.revealing import masks, until_then


@page
def recipient(request: HttpRequest, actor: Actor, batch_id: int, number: int) -> HttpResponse:
    row = get_object_or_404(Row.objects.select_related("batch"), batch_id=batch_id, number=number)
    if not row.mobile:
        raise Http404(f"Row {number} of batch {batch_id} has no mobile that could be read.")
    shown = masks(request, actor, row)
    rows = person_rows(row.mobile, before=whole(request.GET.get("before", "")))
    years = years_of(row.mobile, year_start=year_start)
    now = timezone.now()
    revealed_rows = revealed(actor, rows.rows, now=now)
    context = {
        "row": row,
        "masks": shown,
        "redeem": redeem_form(request, actor, row),
        "in_full": shown.in_full,
        "contact": passports.contact(row, in_full=shown.in_full),
        "hits": found.hits(rows.rows, revealed_rows),
        "before": rows.before,
        "years": persons.year_lines(years),
        "meter": persons.meter(years, now=now, limit=settings.GIFT_METER_POINTS),
    }
    response = render(request, "allocations/person/page.html", context)
    return until_then(response, shown.until, *revealed_rows.values())
