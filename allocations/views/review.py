"""A list before submission: problems by cause, rows a page at a time, rows left out knowingly."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.causes import cause_label
from allocations.domain.policy import Actor, BatchFacts, can_edit, can_see_personal_data
from allocations.forms.grids import GridForm
from allocations.forms.row_numbers import RowNumberForm
from allocations.models import Batch, Upload
from allocations.presenters import review, review_grid
from allocations.presenters.numbers import grouped
from allocations.presenters.repairs import offers
from allocations.selectors import review as reads
from allocations.selectors.approvals import facts_of
from allocations.services import leaving_out, row_limits
from allocations.services.restored import against_change
from allocations.views.gates import action, wants_fragment
from allocations.views.review_tops import top_of
from allocations.views.threads import thread_context


def show_review(request: HttpRequest, actor: Actor, batch: Batch) -> HttpResponse:
    """For htmx only the grid."""
    facts = facts_of(batch)
    upload = reads.newest_upload(batch.pk)
    grid = _grid(request, actor, batch, facts, upload=upload)
    if wants_fragment(request):
        return render(request, "allocations/review/_grid.html", grid)
    context = grid | top_of(actor, batch, facts, upload=upload) | thread_context(batch, actor)
    return render(request, "allocations/review/page.html", context)


def _grid(
    request: HttpRequest, actor: Actor, batch: Batch, facts: BatchFacts, *, upload: Upload | None
) -> dict[str, object]:
    form = GridForm(request.GET)
    show = form.chosen(otherwise=review.opening_show(batch))
    found = reads.review_rows(batch.pk, show=show, code=form.code, window=form.window)
    kept_because = against_change(batch)
    in_full, can_change = can_see_personal_data(actor, facts), can_edit(actor, facts)
    query = request.GET.urlencode()
    shown = review_grid.lines(
        found.rows,
        upload=upload,
        unmasked=in_full,
        can_change=can_change,
        kept=bool(kept_because),
        query=query,
    )
    return {
        "batch": batch,
        "show": show,
        "code": form.code,
        "code_label": _(cause_label(form.code)),
        "offers": [] if kept_because else offers(form.code),
        "found": found,
        "last_number": found.rows[-1].number if found.rows else None,
        "kept_because": kept_because,
        "in_full": in_full,
        "lines": shown,
        "columns": review_grid.COLUMNS,
        "tabs": review.tabs(batch),
        "can_change": can_change,
        "query": query,
    }


@action
def leave_out(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """One row by its number, or without one every row that has errors."""
    number = RowNumberForm(request.POST).row
    if number is not None:
        leaving_out.leave_out_row(actor, batch_id=batch_id, number=number)
        said = _("Row %(row)s is left out. It stays listed under “Left out”.") % {"row": number}
    else:
        left = leaving_out.leave_out_problem_rows(actor, batch_id=batch_id)
        said = ngettext(
            "%(rows)s row with errors left out. They stay listed under “Left out”.",
            "%(rows)s rows with errors left out. They stay listed under “Left out”.",
            left,
        ) % {"rows": grouped(left)}
    messages.info(request, said)
    return to_grid(request, batch_id)


@action
def look_at_limits_again(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """Other batches were approved since, or another policy is in force, or another month has begun."""
    beyond = row_limits.look_at_limits_again(actor, batch_id=batch_id)
    said = ngettext(
        "%(rows)s row is beyond the approval policy as things stand now.",
        "%(rows)s rows are beyond the approval policy as things stand now.",
        beyond,
    ) % {"rows": grouped(beyond)}
    messages.info(request, said if beyond else _("No row is beyond the approval policy as things stand now."))
    return to_grid(request, batch_id)


@action
def take_back(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    number = RowNumberForm(request.POST).required_row
    leaving_out.take_back_row(actor, batch_id=batch_id, number=number)
    messages.info(request, _("Row %(row)s is back in the list.") % {"row": number})
    return to_grid(request, batch_id)


def to_grid(request: HttpRequest, batch_id: int, *, place: str = "") -> HttpResponse:
    """Back to the page of the grid that the form was on: its query is the form's query. `place`: an id on the page."""
    address = reverse("allocations:batch", args=[batch_id])
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponseRedirect(f"{address}{query}{place and f'#{place}'}")
