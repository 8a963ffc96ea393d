"""A run as one sentence, four phases and a ledger."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from allocations.domain.errors import DomainError
from allocations.domain.policy import Actor, check_control_run
from allocations.domain.states import RunState
from allocations.models import Run
from allocations.presenters.numbers import counted, grouped
from allocations.presenters.times import about, clock
from allocations.selectors.runs import ChunkCounts
from allocations.selectors.totals import Totals

MEASURED_AFTER_CHUNKS = 3


def sentence(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime) -> str:
    """What a person would say on the phone."""
    have = f"{counted(totals.credited, 'person has', 'people have')} their points"
    match RunState(run.state):
        case RunState.QUEUED:
            return f"{counted(totals.rows, 'row waits', 'rows wait')} for a worker. It begins by itself."
        case RunState.RUNNING:
            return _running(run, totals, chunks, have=have, now=now)
        case RunState.PAUSED:
            return f"Paused: {have}, {counted(totals.pending, 'row is', 'rows are')} not sent."
        case RunState.ATTENTION:
            return (
                f"{have}. {counted(totals.disputed + totals.unknown, 'row needs', 'rows need')} a decision by people."
            )
        case RunState.SETTLED:
            return f"Ended: {have}, {counted(totals.failed, 'row', 'rows')} failed."


def _running(run: Run, totals: Totals, chunks: ChunkCounts, *, have: str, now: datetime) -> str:
    if totals.pending or totals.sending:
        at = min(chunks.done + 1, chunks.total)
        return f"Chunk {grouped(at)} of {grouped(chunks.total)}: {have}. {time_left(run, totals, chunks, now=now)}"
    if not totals.unknown:
        return f"{have}. Every row is answered; the run ends now."
    when = f" at {clock(chunks.next_at)}" if chunks.next_at and chunks.next_at > now else ""
    return f"{have}. {counted(totals.unknown, 'row is', 'rows are')} unknown; EnKash is asked again{when}."


def time_left(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime) -> str:
    """An estimate from the pace so far; none before there is a pace."""
    if run.started_at is None or chunks.done < MEASURED_AFTER_CHUNKS or not totals.decided:
        return "Measuring how long it takes."
    left = (now - run.started_at) * (totals.pending + totals.sending) / totals.decided
    return f"{about(left).capitalize()} left."


def poll_seconds(run: Run, totals: Totals) -> int | None:
    """How soon the page asks again: 3 s while something moves, slower while it waits, never once it ended."""
    match RunState(run.state):
        case RunState.QUEUED:
            return 3
        case RunState.RUNNING:
            return 3 if totals.pending or totals.sending else 15
        case RunState.PAUSED | RunState.ATTENTION:
            return 15
        case RunState.SETTLED:
            return None


@dataclass(frozen=True, slots=True)
class Phase:
    """`css` is "done", "on" or "" for what is still to come."""

    name: str
    remark: str
    css: str


def phases(run: Run, totals: Totals, chunks: ChunkCounts) -> tuple[Phase, ...]:
    started = RunState(run.state) is not RunState.QUEUED
    ended = RunState(run.state) is RunState.SETTLED
    sent = started and not (totals.pending or totals.sending)
    doubt = totals.unknown + totals.disputed
    return (
        Phase(
            "Begin",
            clock(run.started_at) if started else "by itself, when a worker is free",
            _css(started, reached=True),
        ),
        Phase(
            "Send the rows",
            f"{grouped(chunks.done)} of {counted(chunks.total, 'chunk')} done",
            _css(sent, reached=started),
        ),
        Phase("Settle what is unknown", f"{counted(doubt, 'row')} open", _css(sent and not doubt, reached=sent)),
        Phase("Ended", clock(run.settled_at) if ended else "nothing unknown is left", _css(ended, reached=False)),
    )


def _css(done: bool, *, reached: bool) -> str:  # noqa: FBT001 - reads as the name of the class it makes
    return "done" if done else "on" if reached else ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account over the run, in points. `reported` is EnKash's reading at `reported_at`, None before one.

    `returned`: taken back from rows of this account meanwhile.
    """

    opening: Decimal
    credited: Decimal
    expected: Decimal
    lowest: Decimal
    reported: Decimal | None
    reported_at: datetime | None
    returned: int = 0

    @property
    def fits(self) -> bool:
        return self.reported is not None and self.lowest <= self.reported <= self.expected

    @property
    def gap(self) -> Decimal:
        """How far the reading lies outside the expected range; 0 inside."""
        if self.reported is None or self.fits:
            return Decimal(0)
        return self.reported - (self.expected if self.reported > self.expected else self.lowest)


def ledger(run: Run, totals: Totals, *, returned: int = 0) -> Ledger | None:
    """None while no balance was read before the run. A reading from before the run's start does not count."""
    if run.opening_balance is None:
        return None
    expected = run.opening_balance - totals.credited_points + returned
    reported, at = run.closing_balance, run.settled_at
    if reported is None:
        reported, at = _reading(run)
    return Ledger(
        opening=run.opening_balance,
        credited=totals.credited_points,
        expected=expected,
        lowest=expected - totals.unknown_points,
        reported=reported,
        reported_at=at,
        returned=returned,
    )


def _reading(run: Run) -> tuple[Decimal | None, datetime | None]:
    account = run.batch.account
    fresh = account.balance_at and run.started_at and account.balance_at > run.started_at
    return (account.balance, account.balance_at) if fresh and not account.balance_stale else (None, None)


@dataclass(frozen=True, slots=True)
class Control:
    """What can be done to the run: "pause", "resume" or "", and why this person may not, or ""."""

    act: str
    why_not: str


def control(run: Run, actor: Actor) -> Control:
    state = RunState(run.state)
    match state:
        case RunState.QUEUED | RunState.RUNNING:
            act = "pause"
        case RunState.PAUSED | RunState.ATTENTION:
            act = "resume"
        case RunState.SETTLED:
            return Control("", "")
    try:
        check_control_run(actor, state)
    except DomainError as error:
        return Control(act, error.sentence)
    return Control(act, "")
