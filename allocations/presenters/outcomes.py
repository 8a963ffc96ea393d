"""Totals of a run or a batch as equations, bars and statuses."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.domain.policy import Actor, BatchFacts, can_decide, can_export, can_rerun, can_withdraw
from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Run
from allocations.presenters.equations import Equation, Term
from allocations.presenters.numbers import points
from allocations.presenters.statuses import CONFLICT, CREDITED, FAILED, RUNNING, UNKNOWN, Outcome, Status, batch_status
from allocations.selectors.totals import Totals


def run_equation(totals: Totals) -> Equation:
    """The rows of one run = what became of them."""
    return Equation(
        whole=Term(totals.rows, _("rows in this run")),
        parts=_parts(totals),
        remark=_("%(points)s credited") % {"points": points(totals.credited_points)},
    )


def batch_equation(batch: Batch, totals: Totals) -> Equation:
    """The rows of the file = what became of them, over all runs, with those left out before."""
    left_out = Term(batch.left_out_count, _("left out before"))
    return Equation(
        whole=Term(batch.row_count, _("rows in file")),
        parts=(*_parts(totals), left_out),
        remark=_("%(points)s credited") % {"points": points(totals.credited_points)},
    )


def _parts(totals: Totals) -> tuple[Term, ...]:
    """The three outcomes always; what is empty of the rest only crowds the sum."""
    rest = (
        Term(totals.disputed, _("in conflict"), CONFLICT),
        Term(totals.sending, _("being sent"), RUNNING),
        Term(totals.pending, _("not sent")),
        Term(totals.cancelled, _("cancelled")),
    )
    known = (
        Term(totals.credited, _("credited"), CREDITED),
        Term(totals.failed, _("failed"), FAILED),
        Term(totals.unknown, _("unknown"), UNKNOWN),
    )
    return (*known, *(term for term in rest if term.number))


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the progress bar, in rows."""

    css: str
    start: int
    width: int


def segments(totals: Totals) -> list[Segment]:
    """What is coloured; rows that are not sent stay ground."""
    pieces = (
        ("c-credited", totals.credited),
        ("c-failed", totals.failed),
        ("c-unknown", totals.unknown + totals.disputed),
        ("c-run", totals.sending),
    )
    bar, start = [], 0
    for css, width in pieces:
        if width:
            bar.append(Segment(css, start, width))
        start += width
    return bar


def export_choices(batch: Batch, totals: Totals) -> list[tuple[str, int]]:
    """The outcomes that an export can be limited to, as it names them, each with its rows; none that is empty. The page
    translates what it shows of them."""
    choices = (
        (gettext_noop("credited"), totals.credited),
        (gettext_noop("failed"), totals.failed),
        (gettext_noop("unknown"), totals.unknown),
        (gettext_noop("conflict"), totals.disputed),
        (gettext_noop("not sent"), totals.pending),
        (gettext_noop("cancelled"), totals.cancelled),
        (gettext_noop("left out"), batch.left_out_count),
    )
    return [(word, rows) for word, rows in choices if rows]


def percent_decided(totals: Totals) -> int:
    """Whole per cent, rounded down: 100 only when every row is decided."""
    return totals.decided * 100 // totals.rows if totals.rows else 0


def status_of(batch: Batch, totals: Totals, run: Run | None) -> Status:
    """The batch's one word, given its totals and its newest run."""
    outcome = Outcome(
        run=RunState(run.state) if run else None,
        credited=totals.credited,
        failed=totals.failed,
        undecided=totals.unknown + totals.disputed,
        cancelled=totals.cancelled,
    )
    return batch_status(BatchState(batch.state), error_rows=batch.error_rows, outcome=outcome)


@dataclass(frozen=True, slots=True)
class Acts:
    """What this person can do from the batch's page. `why_no_rerun` says what keeps failed rows from going again."""

    decide: bool
    withdraw: bool
    rerun: int
    why_no_rerun: str
    export: bool


def acts(
    batch: Batch, totals: Totals, *, actor: Actor, facts: BatchFacts, newest: Run | None, replaced: int = 0
) -> Acts:
    """`newest`: the batch's last run; while it has not ended, nothing can be run again. `replaced`: failed rows
    that go on as their replacements."""
    ended = newest is not None and newest.state == RunState.SETTLED
    failed = totals.failed - replaced
    why = ""
    if failed and not ended:
        why = _("Failed rows can be run again once the run has ended.")
    elif failed and not can_rerun(actor):
        why = _("To run failed rows again you need the role admin.")
    elif failed and facts.is_erased:
        why = _("The personal data of this batch were erased: its rows cannot be run again.")
    return Acts(
        decide=can_decide(actor, facts),
        withdraw=can_withdraw(actor, facts),
        rerun=failed if batch.state == BatchState.APPROVED else 0,
        why_no_rerun=why,
        export=can_export(actor),
    )
