"""The page of a batch from its submission on: how it adds up, who did what, and its parts as tabs."""

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from allocations.domain.approval_policies import check_in_force
from allocations.domain.causes import cause_label
from allocations.domain.policy import Actor, can_export, can_see_personal_data
from allocations.domain.states import FROZEN_BATCHES, BatchState
from allocations.exports.approval_sheet import MOST_ROWS, holds_all
from allocations.forms.questions import ReplyForm
from allocations.forms.row_filters import row_filter
from allocations.models import Batch
from allocations.presenters import approvers, causes, outcomes, reversals, row_lines, run_lines, stories
from allocations.presenters.refusals import reason_of
from allocations.selectors.accepting import acceptances
from allocations.selectors.approval_policies import in_force
from allocations.selectors.approvals import facts_of, votes_of
from allocations.selectors.batch_pages import batches_with_people, runs_of, uploads_of
from allocations.selectors.outcome_rows import row_page
from allocations.selectors.replacements import replaced_failed_rows
from allocations.selectors.reversals import batch_takings, reversals_of_batch
from allocations.selectors.runs import failure_causes
from allocations.selectors.totals import Totals, batch_totals, run_totals
from allocations.views.gates import page, wants_fragment
from allocations.views.threads import thread_context


def show_outcome(
    request: HttpRequest, actor: Actor, batch: Batch, *, tab: str = "", reply_form: ReplyForm | None = None
) -> HttpResponse:
    """The page of a frozen batch, opened at one of its tabs; with the answer that was refused if there is one (422)."""
    tab = tab or request.GET.get("tab", "rows")
    read = TABS.get(tab, _rows)
    context = {"batch": batch, "tab": tab if tab in TABS else "rows", **read(request, actor, batch)}
    if wants_fragment(request):
        return render(request, "allocations/outcome/_tab.html", context | _counts(batch, batch_totals(batch)))
    context |= _head(batch, actor) | {"reply_form": reply_form}
    return render(request, "allocations/outcome/page.html", context, status=422 if reply_form else 200)


@page
def batch_rows(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:
    """The rows tab at an address of its own, so that a filter can be sent to a colleague."""
    batch = get_object_or_404(batches_with_people(), pk=batch_id)
    if batch.state not in FROZEN_BATCHES:
        return redirect("allocations:batch", batch_id=batch_id)
    return show_outcome(request, actor, batch, tab="rows")


def _head(batch: Batch, actor: Actor) -> dict[str, object]:
    runs = [(run, run_totals(run)) for run in runs_of(batch)]
    totals = batch_totals(batch)
    votes = votes_of(batch)
    return {
        "totals": totals,
        "equation": outcomes.batch_equation(batch, totals),
        "status": outcomes.status_of(batch, totals, runs[0][0] if runs else None),
        **_approvers(batch),
        "story": stories.story(batch, votes=votes, runs=runs),
        "newest": run_lines.run_lines(runs[:1]),
        "acts": outcomes.acts(
            batch,
            totals,
            actor=actor,
            facts=facts_of(batch),
            newest=runs[0][0] if runs else None,
            replaced=replaced_failed_rows(batch.pk).rows if totals.failed else 0,
        ),
        "takings": batch_takings(batch, gross=totals.credited_points),
        "may_export": can_export(actor),
        "most_sheet_rows": MOST_ROWS,
        "sheet_holds_all": holds_all(batch),
        "export_choices": outcomes.export_choices(batch, totals),
        **(thread_context(batch, actor) if batch.state == BatchState.SUBMITTED else {}),
        **_counts(batch, totals),
    }


def _approvers(batch: Batch) -> dict[str, object]:
    """`void`: what keeps a batch that waits from ever being approved as it is, or ""."""
    waits = batch.state == BatchState.SUBMITTED
    return {
        "progress": approvers.progress_now(batch, now=timezone.now()),
        "void": reason_of(check_in_force, batch.policy, in_force().number) if waits else "",
    }


def _counts(batch: Batch, totals: Totals) -> dict[str, object]:
    numbers = {
        "rows": batch.row_count,
        "causes": totals.failed,
        "files": uploads_of(batch).count(),
        "votes": votes_of(batch).count(),
        "runs": runs_of(batch).count(),
        "reversals": reversals_of_batch(batch).count(),
    }
    return {"tabs": [(name, title, numbers[name]) for name, title in TITLES]}


def _rows(request: HttpRequest, actor: Actor, batch: Batch) -> dict[str, object]:
    chosen = row_filter(request.GET)
    wanted = replace(chosen.wanted, in_full=can_see_personal_data(actor, facts_of(batch)))
    found = row_page(batch, wanted, after=chosen.after, before=chosen.before)
    lines = row_lines.row_lines(found.rows)
    return {"filter": chosen, "row_page": found, "lines": lines, "filters": row_lines.FILTERS}


def _causes(request: HttpRequest, actor: Actor, batch: Batch) -> dict[str, object]:  # noqa: ARG001 - one signature for all tabs
    return {"causes": causes.cause_lines(failure_causes(batch_id=batch.pk))}


def _files(request: HttpRequest, actor: Actor, batch: Batch) -> dict[str, object]:  # noqa: ARG001 - one signature for all tabs
    return {"uploads": uploads_of(batch)}


def _votes(request: HttpRequest, actor: Actor, batch: Batch) -> dict[str, object]:  # noqa: ARG001 - one signature for all tabs
    """While the batch waits, its questions stand on the page above the tabs."""
    accepted = [(gettext(cause_label(code)), given) for code, given in acceptances(batch.pk).items()]
    asked = thread_context(batch, actor) if batch.state == BatchState.APPROVED else {}
    return {"votes": votes_of(batch), "accepted": accepted, **asked}


def _runs(request: HttpRequest, actor: Actor, batch: Batch) -> dict[str, object]:  # noqa: ARG001 - one signature for all tabs
    return {"runs": run_lines.run_lines((run, run_totals(run)) for run in runs_of(batch))}


def _reversals(request: HttpRequest, actor: Actor, batch: Batch) -> dict[str, object]:  # noqa: ARG001 - one signature for all tabs
    takings = batch_takings(batch, gross=batch_totals(batch).credited_points)
    return {"takings": takings, "reversals": reversals.reversal_lines(list(reversals_of_batch(batch)))}


TITLES = (
    ("rows", gettext_lazy("Rows")),
    ("causes", gettext_lazy("Failed by cause")),
    ("files", gettext_lazy("Files")),
    ("votes", gettext_lazy("Votes")),
    ("runs", gettext_lazy("Runs and re-runs")),
    ("reversals", gettext_lazy("Taken back")),
)
TABS: dict[str, Callable[[HttpRequest, Actor, Batch], dict[str, object]]] = {
    "rows": _rows,
    "causes": _causes,
    "files": _files,
    "votes": _votes,
    "runs": _runs,
    "reversals": _reversals,
}
