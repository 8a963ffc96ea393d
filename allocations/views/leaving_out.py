"""Every row with one problem left out knowingly, after a look at which rows that are."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.causes import cause_label
from allocations.domain.policy import Actor, can_see_personal_data, check_edit
from allocations.forms.accepting import ShownForm
from allocations.models import Batch
from allocations.presenters import review_grid
from allocations.presenters.numbers import grouped
from allocations.selectors import review as reads
from allocations.selectors.accepting import cause_of, points_with
from allocations.selectors.approvals import facts_of
from allocations.services import leaving_out
from allocations.views.gates import form_page

_SHOWN = 10


@form_page
def leave_out_cause(request: HttpRequest, actor: Actor, batch_id: int, code: str) -> HttpResponse:
    batch = get_object_or_404(Batch, pk=batch_id)
    facts = facts_of(batch)
    check_edit(actor, facts)
    if request.method == "POST":
        left = leaving_out.leave_out_cause(actor, batch_id=batch_id, shown=ShownForm(request.POST).shown)
        said = ngettext(
            "%(rows)s row left out: %(cause)s. They stay listed.",
            "%(rows)s rows left out: %(cause)s. They stay listed.",
            left,
        )
        messages.info(request, said % {"rows": grouped(left), "cause": _(cause_label(code))})
        return HttpResponseRedirect(f"{reverse('allocations:batch', args=[batch_id])}?show=left-out#grid")
    found = cause_of(batch_id, code)
    if found is None:
        raise Http404(f"No row of batch {batch_id} has this problem.")
    first = reads.review_rows(batch_id, show=reads.Show.ALL, code=code, window=reads.Window(size=_SHOWN))
    points = points_with(batch, code)
    context = {
        "batch": batch,
        "found": found,
        "label": _(cause_label(code)),
        "points": points,
        "points_after": batch.points_total - points,
        "lines": review_grid.lines(first.rows, unmasked=can_see_personal_data(actor, facts)),
        "more": max(found.rows - _SHOWN, 0),
    }
    return render(request, "allocations/leaving_out/page.html", context)
