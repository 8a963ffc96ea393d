"""The inbox of rows that wait for people: who looks after which, and the way to a decision about them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.decisions import check_work_on_exceptions
from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor
from allocations.forms.decisions import row_numbers
from allocations.forms.exception_filters import exception_filter
from allocations.models import Batch
from allocations.presenters import exceptions as words
from allocations.presenters.numbers import counted, grouped
from allocations.presenters.refusals import reason_of
from allocations.selectors import exceptions as reads
from allocations.services import exceptions
from allocations.views.gates import action, page


@page
def inbox(request: HttpRequest, actor: Actor) -> HttpResponse:
    chosen = exception_filter(request.GET)
    found = reads.exception_page(chosen.wanted(person_id=actor.id), after=chosen.after)
    waiting = reads.waiting_by_batch()
    context = {
        "filter": chosen,
        "waiting": sum(waiting.values()),
        "groups": words.exception_groups(found.rows, waiting=waiting),
        "later": found.later,
        "kinds": words.KIND_FILTERS,
        "owners": words.OWNER_FILTERS,
        "why_not": reason_of(check_work_on_exceptions, actor),
        "decisions": [
            (one, words.decision_title(one, one.rows.count()), words.decision_status(one))
            for one in reads.open_decisions()
        ],
    }
    return render(request, "allocations/exceptions/page.html", context)


@action
def act(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """What the button says happens to the ticked rows: taken, given back, or on to a decision about them.

    The address carries the filter and the page, to come back to.
    """
    get_object_or_404(Batch, pk=batch_id)
    check_work_on_exceptions(actor)
    numbers = row_numbers(request.POST)
    match request.POST.get("act", ""):
        case "decide":
            query = urlencode({"row": numbers}, doseq=True)
            return redirect(f"{reverse('allocations:decision-new', args=[batch_id])}?{query}")
        case "take":
            mine = exceptions.take_rows(actor, batch_id=batch_id, numbers=numbers)
            messages.info(request, _taken(mine, len(numbers)))
        case "give_back":
            given = exceptions.give_back_rows(actor, batch_id=batch_id, numbers=numbers)
            messages.info(request, _("You gave %(rows)s back.") % {"rows": counted(given, "row")})
        case _:
            raise InvalidInput("Nothing was chosen to do with the rows. Use one of the buttons.")
    return redirect(f"{reverse('allocations:exceptions')}?{exception_filter(request.GET).here}".rstrip("?"))


def _taken(mine: int, asked: int) -> str:
    others = asked - mine
    said = _("You look after %(rows)s now.") % {"rows": counted(mine, "row")}
    left = ngettext(
        "%(number)s row is somebody else's or decided by now.",
        "%(number)s rows are somebody else's or decided by now.",
        others,
    )
    return f"{said} {left % {'number': grouped(others)}}" if others else said
