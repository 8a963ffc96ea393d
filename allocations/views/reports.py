"""What was given in a financial year, and whether EnKash's balances agree; and each of its tables as a file."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor, can_export
from allocations.exports.report_tables import TABLES
from allocations.exports.reports import Scope, report_file
from allocations.forms.periods import asked_period
from allocations.forms.searches import years
from allocations.presenters import reports as words
from allocations.presenters.bars import BAR_X, height
from allocations.presenters.causes import cause_lines
from allocations.selectors import reports
from allocations.selectors.wallets import accounts
from allocations.views.files import handed_out, in_english
from allocations.views.gates import action, page


@page
def show_reports(request: HttpRequest, actor: Actor) -> HttpResponse:
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
        "makers": reports.given_by_maker(asked.period),
        "outcomes": words.outcome_lines(reports.rows_by_outcome(asked.period)),
        "tables": tuple((name, _(table.title)) for name, table in TABLES.items()),
        "may_export": can_export(actor),
        "causes": cause_lines(reports.failures(asked.period)),
        "runs": reports.reconciled_runs(asked.period),
    }
    return render(request, "allocations/reports/page.html", context)


@action
def export_report(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """`table`: a name of TABLES, `kind`: a FileKind of KINDS; period and account as the page has them."""
    now = timezone.now()
    asked = asked_period(request.POST, now=now)
    account = next((one.name for one in accounts() if one.pk == asked.account), "")
    made = in_english(
        report_file,
        actor,
        Scope(asked.period, year=dict(years(now))[asked.year], account=account),
        table=request.POST.get("table", ""),
        kind=request.POST.get("kind", ""),
    )
    return handed_out(made, made.kind, Export_Rows=made.rows)
