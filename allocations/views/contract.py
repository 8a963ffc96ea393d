"""EnKash's answers beside its documentation: what differs, what an owner says of it, and the report."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor, check_mark_difference
from allocations.exports.contract_report import contract_report
from allocations.models.contract import Mark
from allocations.presenters import contract as words
from allocations.presenters.refusals import reason_of
from allocations.selectors import contract as reads
from allocations.services.contract import LONGEST_REASON, mark_difference
from allocations.views.files import handed_out, in_english
from allocations.views.gates import action, page


@page
def show_contract(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    lines = words.difference_lines(reads.all_differences())
    context = {
        "open": [line for line in lines if line.is_open],
        "looked_at": [line for line in lines if not line.is_open],
        "breaking": sum(line.is_open and line.one.breaking for line in lines),
        "why_not": reason_of(check_mark_difference, actor),
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "allocations/contract/page.html", context)


@action
def mark(request: HttpRequest, actor: Actor, difference_id: int) -> HttpResponseBase:
    """The button says which of the two it is."""
    said = {name: request.POST.get(name, "") for name in ("mark", "reason")}
    one = mark_difference(actor, difference_id=difference_id, **said)
    if one.mark == Mark.MENDED:
        text = _("Marked: %(mark)s. If it is seen again, it is open again.")
    else:
        text = _("Marked: %(mark)s. It neither pauses a run nor alarms any more.")
    messages.info(request, text % {"mark": words.mark_words(one)})
    return redirect("allocations:contract")


@action
def export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    made = in_english(contract_report, actor, kind=request.POST.get("kind", ""))
    return handed_out(made, made.kind, Export_Rows=made.rows)
