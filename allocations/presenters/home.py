"""What waits for the person who opened the home page, the most urgent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.policy import Actor, BatchFacts, can_decide
from allocations.domain.states import RunState
from allocations.models import Batch, Proposal, Run
from allocations.presenters.batch_lines import outcome_words
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.outcomes import Segment, segments
from allocations.presenters.pauses import why_paused
from allocations.presenters.statuses import AWAITING_APPROVAL, DRAFT, FAILED, NEEDS_FIXING, Status, run_status
from allocations.presenters.times import ago
from allocations.selectors.home import FailedBatch
from allocations.selectors.totals import Totals


@dataclass(frozen=True, slots=True)
class Task:
    """`status` None is the red mark: a person is needed now."""

    status: Status | None
    title: str
    detail: str
    address: str
    button: str


@dataclass(frozen=True, slots=True)
class RunningLine:
    run: Run
    totals: Totals
    status: Status
    words: str
    bar: list[Segment]


def running_lines(runs: Iterable[tuple[Run, Totals]]) -> list[RunningLine]:
    return [
        RunningLine(
            run,
            totals,
            run_status(RunState(run.state)),
            f"{counted(totals.rows, 'row')} = {_sum(totals)}",
            segments(totals),
        )
        for run, totals in runs
    ]


def _sum(totals: Totals) -> str:
    return outcome_words(totals).replace(", ", " + ")


def run_task(run: Run, *, disputed: int) -> Task:
    if disputed:
        title = ngettext(
            "%(rows)s row of batch %(batch)s in conflict", "%(rows)s rows of batch %(batch)s in conflict", disputed
        )
    elif run.state == RunState.PAUSED:
        title = _("The run of batch %(batch)s is paused")
    else:
        title = _("The run of batch %(batch)s waits for people")
    said = title % {"rows": grouped(disputed), "batch": run.batch_id}
    detail = " · ".join(part for part in (run.batch.purpose, why_paused(run)) if part)
    button = _("Open the run of batch %(batch)s") % {"batch": run.batch_id}
    return Task(None, said, detail, reverse("allocations:run", args=[run.pk]), button)


def approval_task(actor: Actor, waiting: Iterable[tuple[Batch, BatchFacts]], *, now: datetime) -> tuple[Task, ...]:
    """One task for all the batches that this person may decide about; none if there are none."""
    mine = [batch for batch, facts in waiting if can_decide(actor, facts)]
    if not mine:
        return ()
    total = sum(batch.points_total for batch in mine)
    title = ngettext(
        "%(batches)s batch to approve, %(points)s", "%(batches)s batches to approve, %(points)s", len(mine)
    )
    button = ngettext("Review %(batches)s batch", "Review %(batches)s batches", len(mine))
    said = {"batches": grouped(len(mine)), "points": points(total)}
    detail = _("Oldest submitted %(ago)s") % {"ago": ago(mine[0].submitted_at, now=now)}
    return (Task(AWAITING_APPROVAL, title % said, detail, reverse("allocations:approvals"), button % said),)


def decision_task(proposals: Sequence[Proposal], *, now: datetime) -> tuple[Task, ...]:
    """One task for all the decisions that this person may confirm; none if there are none."""
    if not proposals:
        return ()
    count = len(proposals)
    title = ngettext("%(decisions)s decision to confirm", "%(decisions)s decisions to confirm", count)
    button = ngettext("See %(decisions)s decision", "See %(decisions)s decisions", count)
    said = {"decisions": grouped(count)}
    detail = _("About rows that EnKash leaves open · oldest proposed %(ago)s") % {
        "ago": ago(proposals[0].proposed_at, now=now)
    }
    return (Task(AWAITING_APPROVAL, title % said, detail, reverse("allocations:exceptions"), button % said),)


def own_task(batch: Batch) -> Task:
    address = reverse("allocations:batch", args=[batch.pk])
    name = _("Batch %(batch)s · nothing was sent") % {"batch": batch.pk}
    open_it = _open(batch)
    if batch.sent_back_reason:
        said = _("“%(purpose)s” was sent back: %(reason)s")
        words = {"purpose": batch.purpose, "reason": batch.sent_back_reason}
        return Task(NEEDS_FIXING, said % words, name, address, open_it)
    if batch.error_rows:
        count = batch.error_rows
        said = ngettext("%(rows)s row to fix in “%(purpose)s”", "%(rows)s rows to fix in “%(purpose)s”", count)
        button = ngettext("Fix %(rows)s row", "Fix %(rows)s rows", count) % {"rows": grouped(count)}
        return Task(NEEDS_FIXING, said % {"rows": grouped(count), "purpose": batch.purpose}, name, address, button)
    if batch.row_count:
        count = batch.row_count - batch.left_out_count
        said = _("“%(purpose)s” is ready: %(rows)s") % {"purpose": batch.purpose, "rows": counted(count, "row")}
        button = ngettext("Submit %(rows)s row", "Submit %(rows)s rows", count) % {"rows": grouped(count)}
        return Task(DRAFT, said, name, address, button)
    said = _("The list of “%(purpose)s” could not be used") % {"purpose": batch.purpose}
    return Task(NEEDS_FIXING, said, name, address, open_it)


def _open(batch: Batch) -> str:
    return _("Open batch %(batch)s") % {"batch": batch.pk}


def stale_task(batch: Batch, *, in_force: int) -> Task:
    """For a maker of a batch that was submitted under another policy than the one in force."""
    detail = _(
        "Batch %(batch)s · submitted under approval policy %(policy)s, and %(agreed)s is in force: withdraw it first"
    )
    said = _("“%(purpose)s” has to be submitted again") % {"purpose": batch.purpose}
    address = reverse("allocations:batch", args=[batch.pk])
    numbers = {"batch": batch.pk, "policy": batch.policy, "agreed": in_force}
    return Task(NEEDS_FIXING, said, detail % numbers, address, _open(batch))


def question_task(batch: Batch, count: int) -> Task:
    """For a maker of a batch that waits, and is kept from being approved."""
    title = ngettext(
        "%(questions)s question waits for your answer: “%(purpose)s”",
        "%(questions)s questions wait for your answer: “%(purpose)s”",
        count,
    ) % {"questions": grouped(count), "purpose": batch.purpose}
    address = f"{reverse('allocations:batch', args=[batch.pk])}#questions"
    detail = _("Batch %(batch)s · nobody can approve it before") % {"batch": batch.pk}
    return Task(NEEDS_FIXING, title, detail, address, _("Read and answer"))


def failed_task(failed: FailedBatch) -> Task:
    title = ngettext("%(rows)s row of batch %(batch)s failed", "%(rows)s rows of batch %(batch)s failed", failed.rows)
    said = {"rows": grouped(failed.rows), "batch": failed.batch.pk}
    detail = _("%(purpose)s · %(points)s were not given") % {
        "purpose": failed.batch.purpose,
        "points": points(failed.points),
    }
    address = reverse("allocations:batch", args=[failed.batch.pk])
    return Task(FAILED, title % said, detail, address, _("See %(rows)s failed") % said)


def is_silent(at: datetime | None, *, now: datetime) -> bool:
    """True when the sweeper has not been round for two minutes: nobody rings for waiting work."""
    return at is None or now - at > timedelta(minutes=2)
