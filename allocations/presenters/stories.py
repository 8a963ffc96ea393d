"""Who did what to a batch, from its votes and runs, in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User

from allocations.domain.manifest import short_code
from allocations.models import Batch, Run, Vote
from allocations.presenters.numbers import counted, grouped, points
from allocations.selectors.totals import Totals


@dataclass(frozen=True, slots=True)
class Line:
    """One event. `shape` names a symbol of the sprite, "" for none."""

    at: datetime
    text: str
    shape: str = ""


def person(user: User | None) -> str:
    """A full name where there is one."""
    return (user.get_full_name() or user.username) if user else "the portal"


def story(batch: Batch, *, votes: Iterable[Vote], runs: Iterable[tuple[Run, Totals]]) -> list[Line]:
    lines = [Line(batch.created_at, f"{person(batch.uploaded_by)} made the batch")]
    if batch.submitted_at:
        rows = counted(batch.row_count - batch.left_out_count, "row")
        said = f"{person(batch.submitted_by)} submitted {rows}, {points(batch.points_total)}"
        lines.append(Line(batch.submitted_at, said, "wait"))
    lines += [_vote(vote) for vote in votes]
    for run, totals in runs:
        lines += _run(run, totals)
    return sorted(lines, key=lambda line: line.at)


def _vote(vote: Vote) -> Line:
    code = short_code(vote.digest)
    if vote.decision == "approve":
        return Line(vote.voted_at, f"{person(vote.voted_by)} approved {code}", "approved")
    return Line(vote.voted_at, f"{person(vote.voted_by)} sent back {code}: “{vote.reason}”", "fix")


def _run(run: Run, totals: Totals) -> list[Line]:
    name = run_name(run)
    lines = []
    if run.started_at:
        lines.append(Line(run.started_at, f"{name} began with {counted(totals.rows, 'row')}", "run"))
    if run.cancelled_at:
        lines.append(Line(run.cancelled_at, f"{person(run.cancelled_by)} cancelled what {name} had not sent"))
    if run.settled_at:
        lines.append(Line(run.settled_at, f"{name} ended: {parts(totals)}. {_balance(run)}".strip(), "credited"))
    return lines


def run_name(run: Run) -> str:
    return f"Run {run.generation}" if run.generation == 1 else f"Run {run.generation}, a re-run,"


def parts(totals: Totals) -> str:
    """61 = 58 credited + 3 failed"""
    shown = [
        (totals.credited, "credited"),
        (totals.failed, "failed"),
        (totals.unknown, "unknown"),
        (totals.cancelled, "cancelled"),
    ]
    rest = totals.rows - sum(number for number, _ in shown)
    words = [f"{grouped(number)} {word}" for number, word in shown if number]
    words += [f"{grouped(rest)} others"] if rest else []
    return f"{grouped(totals.rows)} = {' + '.join(words) or '0'}"


def _balance(run: Run) -> str:
    if run.opening_balance is None or run.closing_balance is None:
        return ""
    return f"EnKash's balance went from {grouped(run.opening_balance)} to {grouped(run.closing_balance)}."
