"""What waits for the person who opened the home page, the most urgent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from allocations.domain.policy import Actor, BatchFacts, can_decide
from allocations.domain.states import RunState
from allocations.models import Batch, Proposal, Run
from allocations.presenters.batch_lines import outcome_words
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.outcomes import Segment, segments
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
        title = f"{counted(disputed, 'row')} of batch {run.batch_id} in conflict"
    elif run.state == RunState.PAUSED:
        title = f"The run of batch {run.batch_id} is paused"
    else:
        title = f"The run of batch {run.batch_id} waits for people"
    detail = " · ".join(part for part in (run.batch.purpose, run.pause_text) if part)
    return Task(None, title, detail, reverse("allocations:run", args=[run.pk]), f"Open the run of batch {run.batch_id}")


def approval_task(actor: Actor, waiting: Iterable[tuple[Batch, BatchFacts]], *, now: datetime) -> tuple[Task, ...]:
    """One task for all the batches that this person may decide about; none if there are none."""
    mine = [batch for batch, facts in waiting if can_decide(actor, facts)]
    if not mine:
        return ()
    total = sum(batch.points_total for batch in mine)
    count = counted(len(mine), "batch", "batches")
    detail = f"Oldest submitted {ago(mine[0].submitted_at, now=now)}"
    return (
        Task(
            AWAITING_APPROVAL,
            f"{count} to approve, {points(total)}",
            detail,
            reverse("allocations:approvals"),
            f"Review {count}",
        ),
    )


def decision_task(proposals: Sequence[Proposal], *, now: datetime) -> tuple[Task, ...]:
    """One task for all the decisions that this person may confirm; none if there are none."""
    if not proposals:
        return ()
    count = counted(len(proposals), "decision")
    detail = f"About rows that EnKash leaves open · oldest proposed {ago(proposals[0].proposed_at, now=now)}"
    return (Task(AWAITING_APPROVAL, f"{count} to confirm", detail, reverse("allocations:exceptions"), f"See {count}"),)


def own_task(batch: Batch) -> Task:
    address = reverse("allocations:batch", args=[batch.pk])
    name = f"Batch {batch.pk} · nothing was sent"
    if batch.sent_back_reason:
        said = f"“{batch.purpose}” was sent back: {batch.sent_back_reason}"
        return Task(NEEDS_FIXING, said, name, address, f"Open batch {batch.pk}")
    if batch.error_rows:
        rows = counted(batch.error_rows, "row")
        return Task(NEEDS_FIXING, f"{rows} to fix in “{batch.purpose}”", name, address, f"Fix {rows}")
    if batch.row_count:
        rows = counted(batch.row_count - batch.left_out_count, "row")
        return Task(DRAFT, f"“{batch.purpose}” is ready: {rows}", name, address, f"Submit {rows}")
    return Task(
        NEEDS_FIXING, f"The list of “{batch.purpose}” could not be used", name, address, f"Open batch {batch.pk}"
    )


def stale_task(batch: Batch, *, in_force: int) -> Task:
    """For a maker of a batch that was submitted under another policy than the one in force."""
    name = f"Batch {batch.pk} · submitted under approval policy {batch.policy}, and {in_force} is in force"
    said = f"“{batch.purpose}” has to be submitted again"
    address = reverse("allocations:batch", args=[batch.pk])
    return Task(NEEDS_FIXING, said, f"{name}: withdraw it first", address, f"Open batch {batch.pk}")


def question_task(batch: Batch, count: int) -> Task:
    """For a maker of a batch that waits, and is kept from being approved."""
    asked = "1 question waits" if count == 1 else f"{grouped(count)} questions wait"
    title = f"{asked} for your answer: “{batch.purpose}”"
    address = f"{reverse('allocations:batch', args=[batch.pk])}#questions"
    return Task(NEEDS_FIXING, title, f"Batch {batch.pk} · nobody can approve it before", address, "Read and answer")


def failed_task(failed: FailedBatch) -> Task:
    rows = counted(failed.rows, "row")
    detail = f"{failed.batch.purpose} · {points(failed.points)} were not given"
    address = reverse("allocations:batch", args=[failed.batch.pk])
    return Task(
        FAILED, f"{rows} of batch {failed.batch.pk} failed", detail, address, f"See {grouped(failed.rows)} failed"
    )


def is_silent(at: datetime | None, *, now: datetime) -> bool:
    """True when the sweeper has not been round for two minutes: nobody rings for waiting work."""
    return at is None or now - at > timedelta(minutes=2)
