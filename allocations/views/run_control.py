"""Pause, stop, resume, cancel and re-run."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.policy import Actor, check_cancel_run, check_rerun
from allocations.domain.states import RunState
from allocations.models import Run
from allocations.presenters.cancellations import cancellation
from allocations.presenters.causes import cause_lines
from allocations.presenters.holds import when
from allocations.presenters.numbers import grouped
from allocations.presenters.outcomes import batch_equation, run_equation
from allocations.selectors.batch_pages import batches_with_people
from allocations.selectors.holds import hold
from allocations.selectors.replacements import replaced_failed_rows
from allocations.selectors.runs import failure_causes, run_of
from allocations.selectors.totals import batch_totals, run_totals
from allocations.services.cancelling import cancel_run
from allocations.services.reruns import rerun_failed_rows
from allocations.services.runs import pause_run, resume_run, stop_after_chunk
from allocations.views.gates import action, form_page


@action
def pause(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponseBase:
    get_object_or_404(Run, pk=run_id)
    pause_run(actor, run_id=run_id)
    messages.info(request, _("You paused the run. A call that is with EnKash now is finished first."))
    return redirect("allocations:run", run_id=run_id)


@action
def stop(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponseBase:
    get_object_or_404(Run, pk=run_id)
    stop_after_chunk(actor, run_id=run_id)
    messages.info(request, _("The run stops after the chunk in hand, once nothing in it is unknown."))
    return redirect("allocations:run", run_id=run_id)


@action
def resume(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponseBase:
    get_object_or_404(Run, pk=run_id)
    resume_run(actor, run_id=run_id)
    messages.info(request, _("You resumed the run. The next call begins %(when)s.") % {"when": when(hold())})
    return redirect("allocations:run", run_id=run_id)


@form_page
def cancel(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponseBase:
    """What a cancellation would do; POST cancels."""
    run = run_of(run_id)
    if run is None:
        raise Http404(f"There is no run {run_id}.")
    if run.cancelled_at is not None:
        said = _("What run %(number)s had not sent is cancelled already.") % {"number": run.generation}
        messages.info(request, said)
        return redirect("allocations:run", run_id=run_id)
    if request.method == "POST":
        cancel_run(actor, run_id=run_id)
        messages.info(request, _("You cancelled what was not sent. What is unknown is still looked up."))
        return redirect("allocations:run", run_id=run_id)
    check_cancel_run(actor, RunState(run.state))
    totals = run_totals(run)
    context = {"run": run, "equation": run_equation(totals), "cancellation": cancellation(run, totals)}
    return render(request, "allocations/runs/cancel.html", context)


@form_page
def rerun(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    """What a re-run would send, and why only that; POST starts it."""
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    check_rerun(actor)
    totals, replaced = batch_totals(batch), replaced_failed_rows(batch_id)
    failed = totals.failed - replaced.rows
    if request.method == "POST":
        run = rerun_failed_rows(actor, batch_id=batch_id)
        said = ngettext(
            "You started a re-run of %(rows)s failed row.", "You started a re-run of %(rows)s failed rows.", failed
        )
        messages.info(request, said % {"rows": grouped(failed)})
        return redirect("allocations:run", run_id=run.pk)
    causes = cause_lines(failure_causes(batch_id=batch_id))
    context = {
        "batch": batch,
        "totals": totals,
        "failed": failed,
        "failed_points": totals.failed_points - replaced.points,
        "replaced": replaced.rows,
        "equation": batch_equation(batch, totals),
        "causes": causes,
    }
    return render(request, "allocations/outcome/rerun.html", context)
