"""Runs: the list, and the live page of one run."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from allocations.domain.policy import Actor
from allocations.domain.states import RunState
from allocations.forms.row_filters import number
from allocations.models import Run
from allocations.presenters import calls, causes, live_runs, outcomes, run_controls, run_lines
from allocations.selectors import runs as reads
from allocations.selectors.holds import Hold, hold
from allocations.selectors.reversals import returned_points
from allocations.selectors.totals import Totals, run_totals
from allocations.views.gates import page, wants_fragment

PAGE = 25


@page
def runs(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - every view takes the actor
    """Open runs, and a page of the ended ones."""
    ended = list(reads.settled_runs(before=number(request.GET.get("before", "")), limit=PAGE + 1))
    context = {
        "open": run_lines.run_lines((one, run_totals(one)) for one in reads.open_runs()),
        "ended": run_lines.run_lines((one, run_totals(one)) for one in ended[:PAGE]),
        "older": ended[PAGE - 1].pk if len(ended) > PAGE else None,
    }
    return render(request, "allocations/runs/page.html", context)


@page
def run(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponse:
    """The live page; to htmx only the part that moves."""
    found = reads.run_of(run_id)
    if found is None:
        raise Http404(f"There is no run {run_id}.")
    totals, held = run_totals(found), hold()
    context = {
        **_figures(found, totals, held),
        **_reads(found),
        **_controls(found, actor),
        "hold": held,
        # A recovery looks up everything, whatever its run waits for.
        "waits_for_resume": found.state == RunState.PAUSED and not held.recovering,
    }
    template = "_live" if wants_fragment(request) else "run"
    return render(request, f"allocations/runs/{template}.html", context)


def _figures(run: Run, totals: Totals, held: Hold) -> dict[str, object]:
    now, chunks = timezone.now(), reads.chunk_counts(run)
    return {
        "run": run,
        "now": now,
        "totals": totals,
        "status": run_lines.status_of_run(run, totals),
        "sentence": live_runs.sentence(run, totals, chunks, now=now, hold=held),
        "percent": outcomes.percent_decided(totals),
        "segments": outcomes.segments(totals),
        "equation": outcomes.run_equation(totals),
        "phases": live_runs.phases(run, totals, chunks, now=now),
        "ledger": live_runs.ledger(run, totals, returned=returned_points(run)),
        "poll_seconds": live_runs.poll_seconds(run, totals, now=now),
    }


def _reads(run: Run) -> dict[str, object]:
    latest = list(reads.latest_attempts(run, 10))
    return {
        "calls": calls.call_lines(latest, reads.call_counts(latest)),
        "doubtful": reads.chunks_in_doubt(run, 5),
        "causes": causes.cause_lines(reads.failure_causes(run_id=run.pk)),
    }


def _controls(run: Run, actor: Actor) -> dict[str, object]:
    return {"controls": run_controls.controls(run, actor)}
