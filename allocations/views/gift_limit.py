"""People above or near the gift limit of a financial year."""

from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from allocations.domain.gifts import NEAR_PERCENT, near_from
from allocations.domain.policy import Actor, can_export
from allocations.forms.gift_limit import asked_people
from allocations.forms.searches import years
from allocations.presenters import gift_limit as words
from allocations.selectors.person_years import numbers, people_from
from allocations.selectors.reveals import revealed
from allocations.views.gates import page
from allocations.views.revealing import until_then


@page
def gift_limit(request: HttpRequest, actor: Actor) -> HttpResponse:
    now, limit = timezone.now(), settings.GIFT_METER_POINTS
    asked = asked_people(request.GET, now=now)
    context = {"asked": asked, "years": years(now), "limit": limit, "percent": NEAR_PERCENT}
    if not limit:
        return render(request, "allocations/reports/gift_limit.html", context)
    known = numbers(asked.year, near_from=near_from(limit), limit=Decimal(limit))
    above = Decimal(limit) if asked.only_above else None
    people = people_from(asked.year, least=near_from(limit), more_than=above, after=asked.after)
    seen = revealed(actor, [one.row for one in people.found], now=now)
    context |= {
        "known": known,
        "summary": words.summary(known.near, known.above),
        "people": words.person_lines(people.found, limit=limit, revealed=seen),
        "after": people.after,
        "may_export": can_export(actor),
    }
    return until_then(render(request, "allocations/reports/gift_limit.html", context), *seen.values())
