"""Who is new, gone, or gets other points than in the batch before; where there is none the batch is what there is."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from allocations.domain.policy import Actor, can_see_personal_data
from allocations.forms.comparing import ChangesForm
from allocations.models import Batch
from allocations.presenters.votes import CHANGES
from allocations.selectors.approvals import facts_of, previous_batch
from allocations.selectors.comparing import PAGE, Change, changed_rows, counted_changes, is_comparable
from allocations.views.gates import page


@page
def changes(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    batch = get_object_or_404(Batch.objects.select_related("account"), pk=batch_id)
    before = previous_batch(batch)
    if before is None or not is_comparable(before):
        return redirect("allocations:batch", batch_id=batch_id)
    form = ChangesForm(request.GET)
    change = form.change
    rows = list(changed_rows(batch, before, change).filter(number__gt=form.page_after)[: PAGE + 1])
    counts = counted_changes(batch, before)
    of = before if change is Change.GONE else batch
    context = {
        "batch": batch,
        "before": before,
        "of": of,
        "change": change,
        "tabs": [(one, CHANGES[one], counts[one] if counts else None) for one in Change],
        "rows": rows[:PAGE],
        "next": rows[PAGE - 1].number if len(rows) > PAGE else None,
        "in_full": can_see_personal_data(actor, facts_of(of)),
    }
    return render(request, "allocations/approvals/changes.html", context)
