"""Submit a list for approval, and take it back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.manifest import short_code
from allocations.domain.policy import Actor
from allocations.forms.schedules import StartForm
from allocations.forms.submissions import RepeatForm
from allocations.presenters.numbers import grouped
from allocations.services import submission
from allocations.services.restored import against_change
from allocations.views.gates import action


@action
def submit(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    start_at, answer = StartForm(request.POST).start_at, RepeatForm(request.POST).answer
    batch = submission.submit_batch(actor, batch_id=batch_id, start_at=start_at, answer=answer)
    rows = batch.row_count - batch.left_out_count
    said = ngettext(
        "Submitted: %(rows)s row, digest %(digest)s.", "Submitted: %(rows)s rows, digest %(digest)s.", rows
    ) % {"rows": grouped(rows), "digest": short_code(batch.digest)}
    who = _("Another person must approve them.") if batch.approvers == 1 else _("Two other people must approve them.")
    messages.info(request, f"{said} {who}")
    return redirect("allocations:batch", batch_id=batch_id)


@action
def withdraw(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    batch = submission.withdraw_batch(actor, batch_id=batch_id)
    kept_because = against_change(batch)
    said = _("Withdrawn: you can change the list and submit it again. Nothing was sent.")
    messages.info(request, _("Withdrawn: %(because)s") % {"because": kept_because} if kept_because else said)
    return redirect("allocations:batch", batch_id=batch_id)
