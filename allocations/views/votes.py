"""Approve and send back: POST only, one decision per content."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.domain.manifest import short_code
from allocations.domain.policy import Actor, check_decide
from allocations.forms.votes import ApproveForm, SendBackForm
from allocations.presenters.numbers import counted
from allocations.presenters.run_lines import begins
from allocations.selectors.accepting import to_be_seen
from allocations.selectors.approvals import facts_of
from allocations.selectors.batch_pages import batches_with_people
from allocations.selectors.holds import hold
from allocations.selectors.votes import run_begun_by
from allocations.services.approval import approve_batch, check_of_group, send_back_batch
from allocations.views.approvals import sheet
from allocations.views.gates import action
from allocations.views.step_up import count_as_guess, known_by_password, step_up


@action
def approve(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    begun = run_begun_by(batch, voter_id=actor.id, digest=request.POST.get("digest", ""))
    if begun:  # the second click of a double click
        return redirect("allocations:run", run_id=begun.pk)
    facts = facts_of(batch)
    if actor.id in facts.voter_ids:  # the same of the first of two approvals: the page says whom it waits for
        return redirect("allocations:batch-approval", batch_id=batch_id)
    check_decide(actor, facts)
    check_of_group(actor, batch, now=timezone.now())
    voter = get_object_or_404(User, pk=actor.id)
    asks = step_up(actor, voter, here="").asks_password
    guess = count_as_guess(request) if asks else None
    form = ApproveForm(request.POST, batch=batch, voter=voter, kinds=to_be_seen(batch), asks_password=asks)
    is_valid = form.is_valid()
    if guess and "password" not in form.errors:
        guess.rollback()
    if not is_valid:
        return sheet(request, actor, batch, approve_form=form)
    if asks:
        actor = known_by_password(request, voter)
    shown = {name: form.cleaned_data[name] for name in ("version", "digest", "seen")}
    run = approve_batch(actor, batch_id=batch_id, **shown)
    rows = counted(batch.row_count - batch.left_out_count, "row")
    approved = _("You approved %(rows)s as %(code)s.") % {"rows": rows, "code": short_code(batch.digest)}
    if run is None:
        more = _("Nothing is sent yet: another approver has to approve them too.")
        messages.info(request, f"{approved} {more}")
        return redirect("allocations:batch-approval", batch_id=batch_id)
    messages.info(request, f"{approved} {begins(run, chosen=batch.start_at, hold=hold())}")
    return redirect("allocations:run", run_id=run.pk)


@action
def send_back(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    check_decide(actor, facts_of(batch))
    form = SendBackForm(request.POST, batch=batch)
    if not form.is_valid():
        return sheet(request, actor, batch, back_form=form)
    send_back_batch(actor, batch_id=batch_id, **form.cleaned_data)
    said = _("You sent batch %(number)s back. Its maker sees your reason and can change the list.")
    messages.info(request, said % {"number": batch_id})
    return redirect("allocations:approvals")
