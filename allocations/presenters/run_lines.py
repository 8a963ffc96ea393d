"""Runs as lines of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from allocations.domain.states import RunState
from allocations.models import Run
from allocations.presenters.holds import when
from allocations.presenters.outcomes import Segment, percent_decided, segments
from allocations.presenters.statuses import Status, run_status, settled_status
from allocations.presenters.stories import parts
from allocations.presenters.times import moment
from allocations.selectors.holds import Hold
from allocations.selectors.totals import Totals


@dataclass(frozen=True, slots=True)
class RunLine:
    """`sum` is the run in figures that add up."""

    run: Run
    totals: Totals
    status: Status
    percent: int
    segments: list[Segment]
    sum: str


def run_lines(runs: Iterable[tuple[Run, Totals]]) -> list[RunLine]:
    return [
        RunLine(
            run=run,
            totals=totals,
            status=status_of_run(run, totals),
            percent=percent_decided(totals),
            segments=segments(totals),
            sum=parts(totals),
        )
        for run, totals in runs
    ]


def begins(run: Run, *, chosen: datetime | None, hold: Hold) -> str:
    """When a run that was just made begins. `chosen`: the start that its maker chose, which may have passed."""
    if run.start_at:
        return _("The run begins at %(at)s.") % {"at": moment(run.start_at)}
    if chosen:
        told = {"at": moment(chosen), "when": when(hold)}
        return _("Its start, %(at)s, has passed: the run begins %(when)s.") % told
    return _("The run begins %(when)s.") % {"when": when(hold)}


def status_of_run(run: Run, totals: Totals) -> Status:
    """An ended run shows what came of it."""
    if RunState(run.state) is not RunState.SETTLED:
        return run_status(RunState(run.state))
    doubt = totals.unknown + totals.disputed
    return settled_status(credited=totals.credited, failed=totals.failed, undecided=doubt, cancelled=totals.cancelled)
