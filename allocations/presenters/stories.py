"""Who did what to a batch, from its votes and runs, in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

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
    return (user.get_full_name() or user.username) if user else _("the portal")


def story(batch: Batch, *, votes: Iterable[Vote], runs: Iterable[tuple[Run, Totals]]) -> list[Line]:
    lines = [Line(batch.created_at, _("%(who)s made the batch") % {"who": person(batch.uploaded_by)})]
    if batch.submitted_at:
        said = _("%(who)s submitted %(rows)s, %(points)s") % {
            "who": person(batch.submitted_by),
            "rows": counted(batch.row_count - batch.left_out_count, "row"),
            "points": points(batch.points_total),
        }
        lines.append(Line(batch.submitted_at, said, "wait"))
    lines += [_vote(vote) for vote in votes]
    for run, totals in runs:
        lines += _run(run, totals)
    return sorted(lines, key=lambda line: line.at)


def _vote(vote: Vote) -> Line:
    told = {"who": person(vote.voted_by), "code": short_code(vote.digest), "reason": vote.reason}
    if vote.decision == "approve":
        return Line(vote.voted_at, _("%(who)s approved %(code)s") % told, "approved")
    return Line(vote.voted_at, _("%(who)s sent back %(code)s: “%(reason)s”") % told, "fix")


def _run(run: Run, totals: Totals) -> list[Line]:
    name = run_name(run)
    lines = []
    if run.started_at:
        said = _("%(run)s began with %(rows)s") % {"run": name, "rows": counted(totals.rows, "row")}
        lines.append(Line(run.started_at, said, "run"))
    if run.cancelled_at:
        said = _("%(who)s cancelled what %(run)s had not sent") % {"who": person(run.cancelled_by), "run": name}
        lines.append(Line(run.cancelled_at, said))
    if run.settled_at:
        said = _("%(run)s ended: %(sum)s.") % {"run": name, "sum": parts(totals)}
        lines.append(Line(run.settled_at, f"{said} {_balance(run)}".strip(), "credited"))
    return lines


def run_name(run: Run) -> str:
    name = _("Run %(number)s") if run.generation == 1 else _("Run %(number)s, a re-run,")
    return name % {"number": run.generation}


def parts(totals: Totals) -> str:
    """61 = 58 credited + 3 failed"""
    shown = [
        (totals.credited, _("credited")),
        (totals.failed, _("failed")),
        (totals.unknown, _("unknown")),
        (totals.cancelled, _("cancelled")),
    ]
    rest = totals.rows - sum(number for number, word in shown)
    words = [f"{grouped(number)} {word}" for number, word in shown if number]
    words += [_("%(number)s others") % {"number": grouped(rest)}] if rest else []
    return f"{grouped(totals.rows)} = {' + '.join(words) or '0'}"


def _balance(run: Run) -> str:
    if run.opening_balance is None or run.closing_balance is None:
        return ""
    return _("EnKash's balance went from %(opening)s to %(closing)s.") % {
        "opening": grouped(run.opening_balance),
        "closing": grouped(run.closing_balance),
    }
