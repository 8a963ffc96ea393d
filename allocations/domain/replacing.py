"""When a row may get another in its place, with a reference of its own: only if EnKash surely gave nothing for it."""

from allocations.domain.answers import Verdict
from allocations.domain.decisions import Doubt
from allocations.domain.errors import StateConflict
from allocations.domain.numerals import grouped
from allocations.domain.outcomes import Outcome, Reason
from allocations.domain.policy import Actor, Role, permits, require_role
from allocations.domain.states import RowState

REPLACEABLE = frozenset({RowState.FAILED, RowState.CONFLICT})


def check_replace(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, act="replace rows")


can_replace = permits(check_replace)


def check_replaceable(doubt: Doubt) -> None:
    name = f"Row {grouped(doubt.number)}"
    if doubt.replaced:
        raise StateConflict(f"{name} has a replacement row already. A row is replaced once.")
    if doubt.state is RowState.ANOMALY:
        raise StateConflict(
            f"EnKash names a credit for row {grouped(doubt.number)} that contradicts what was sent. The row is not "
            "replaced before two people have decided that it failed."
        )
    if doubt.state not in REPLACEABLE:
        raise StateConflict(f"{name} is “{doubt.state}”: only failed rows and conflicts can be replaced.")
    if doubt.at_work or doubt.call_open or not doubt.quiet:
        raise StateConflict(
            f"The last call with row {grouped(doubt.number)} may still be at work at EnKash. "
            "It can be replaced when the quiet time is over."
        )


def check_looked_up(number: int, verdict: Verdict | None) -> None:
    """`verdict`: what a look-up of this moment says of the old reference; None where EnKash lists nothing."""
    if verdict is None or verdict.outcome is Outcome.FAILED:
        return
    # Somebody else's transaction under our reference: it gave our person nothing and keeps the reference from us.
    if verdict.outcome is Outcome.ANOMALY and verdict.reason is Reason.PERSON_DIFFERS:
        return
    what = "as credited" if verdict.outcome is Outcome.CREDITED else "with a transaction that is not surely failed"
    raise StateConflict(
        f"EnKash lists row {grouped(number)} {what}. It is not replaced: its person would get points twice. "
        "Resume the run, or let two people decide about the row."
    )
