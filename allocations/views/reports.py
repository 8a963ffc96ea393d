"""What was given in a financial year, and whether EnKash's balances agree."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from allocations.domain.policy import Actor
from allocations.forms.periods import asked_period
from allocations.forms.searches import years
from allocations.presenters import reports as words
from allocations.presenters.bars import BAR_X, height
from allocations.presenters.causes import cause_lines
from allocations.selectors import reports
from allocations.selectors.wallets import accounts
from allocations.views.gates import page


@page
def show_reports(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - totals name nobody
    now = timezone.now()
    asked = asked_period(request.GET, now=now)
    months = reports.given_by_month(asked.period)
    context = {
        "asked": asked,
        "years": years(now),
        "accounts": accounts(),
        "summary": words.summary(months),
        "months": words.month_lines(months),
        "total": words.months_total(months),
        "height": height(len(months)),
        "bar_x": BAR_X,
        "programmes": reports.given_by_programme(asked.period),
        "by_account": reports.given_by_account(asked.period),
        "causes": cause_lines(reports.failures(asked.period)),
        "runs": reports.reconciled_runs(asked.period),
    }
    return render(request, "allocations/reports/page.html", context)
