"""All rows of one person. A row leads here, so that no address names a mobile."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from allocations.domain.policy import Actor, can_see_personal_data
from allocations.forms.row_filters import number as whole
from allocations.models import Row
from allocations.presenters import found, passports, persons
from allocations.presenters.times import year_start
from allocations.selectors.approvals import facts_of
from allocations.selectors.persons import person_rows, years_of
from allocations.views.gates import page


@page
def recipient(request: HttpRequest, actor: Actor, batch_id: int, number: int) -> HttpResponse:
    row = get_object_or_404(Row.objects.select_related("batch"), batch_id=batch_id, number=number)
    if not row.mobile:
        raise Http404(f"Row {number} of batch {batch_id} has no mobile that could be read.")
    in_full = can_see_personal_data(actor, facts_of(row.batch))
    rows = person_rows(row.mobile, before=whole(request.GET.get("before", "")))
    years = years_of(row.mobile, year_start=year_start)
    context = {
        "row": row,
        "in_full": in_full,
        "contact": passports.contact(row, in_full=in_full),
        "hits": found.hits(rows.rows),
        "before": rows.before,
        "years": persons.year_lines(years),
        "meter": persons.meter(years, now=timezone.now(), limit=settings.GIFT_METER_POINTS),
    }
    return render(request, "allocations/person/page.html", context)
