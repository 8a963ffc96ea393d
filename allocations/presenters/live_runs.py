"""A run as one sentence, four phases and a ledger."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from allocations.domain.canary import Canary
from allocations.domain.states import RunState
from allocations.models import Run
from allocations.presenters.holds import when
from allocations.presenters.numbers import counted, grouped
from allocations.presenters.times import about, clock, moment
from allocations.selectors.holds import Hold
from allocations.selectors.runs import ChunkCounts
from allocations.selectors.totals import Totals

MEASURED_AFTER_CHUNKS = 3


def sentence(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime, hold: Hold) -> str:
    """What a person would say on the phone."""
    have = f"{counted(totals.credited, 'person has', 'people have')} their points"
    match RunState(run.state):
        case RunState.QUEUED:
            return _queued(run, totals, now=now, hold=hold)
        case RunState.RUNNING:
            return _running(run, totals, chunks, have=have, now=now, hold=hold)
        case RunState.PAUSED:
            return f"Paused: {have}, {counted(totals.pending, 'row is', 'rows are')} not sent."
        case RunState.ATTENTION:
            return (
                f"{have}. {counted(totals.disputed + totals.unknown, 'row needs', 'rows need')} a decision by people."
            )
        case RunState.SETTLED:
            cancelled = f", {counted(totals.cancelled, 'row', 'rows')} cancelled" if totals.cancelled else ""
            return f"Ended: {have}, {counted(totals.failed, 'row', 'rows')} failed{cancelled}."


def is_ahead(run: Run, *, now: datetime) -> bool:
    """Whether the run waits for the time that was chosen for it."""
    return run.start_at is not None and run.start_at > now


def _queued(run: Run, totals: Totals, *, now: datetime, hold: Hold) -> str:
    rows = counted(totals.rows, "row waits", "rows wait")
    if is_ahead(run, now=now):
        return f"{rows} until {moment(run.start_at)}. The run begins by itself."
    held = when(hold, otherwise="")
    return f"{rows}. The run begins by itself {held}." if held else f"{rows} for a worker. The run begins by itself."


def _running(run: Run, totals: Totals, chunks: ChunkCounts, *, have: str, now: datetime, hold: Hold) -> str:
    if run.cancelled_at and (totals.pending or totals.sending):
        left = counted(totals.pending + totals.sending, "row is", "rows are")
        return f"Cancelled: {have}, {left} still being cleared up. Nothing more is sent."
    if totals.pending or totals.sending:
        at = min(chunks.done + 1, chunks.total)
        outlook = _outlook(run, totals, chunks, now=now, hold=hold)
        return f"Chunk {grouped(at)} of {grouped(chunks.total)}: {have}. {outlook}"
    if not totals.unknown:
        return f"{have}. Every row is answered; the run ends now."
    when = f" at {clock(chunks.next_at)}" if chunks.next_at and chunks.next_at > now else ""
    return f"{have}. {counted(totals.unknown, 'row is', 'rows are')} unknown; EnKash is asked again{when}."


def _outlook(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime, hold: Hold) -> str:
    held = when(hold, otherwise="")
    if held:
        return f"It goes on {held}."
    if run.stop_requested_at:
        return "It stops after the chunk in hand."
    if run.canary == Canary.WAITING:
        return "The rest follows when EnKash's list shows the credits of the first rows."
    return time_left(run, totals, chunks, now=now)


def time_left(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime) -> str:
    """An estimate from the pace so far; none before there is a pace."""
    if run.started_at is None or chunks.done < MEASURED_AFTER_CHUNKS or not totals.decided:
        return "Measuring how long it takes."
    left = (now - run.started_at) * (totals.pending + totals.sending) / totals.decided
    return f"{about(left).capitalize()} left."


def poll_seconds(run: Run, totals: Totals, *, now: datetime) -> int | None:
    """How soon the page asks again: 3 s while something moves, slower while it waits, never once it ended."""
    match RunState(run.state):
        case RunState.QUEUED:
            return 15 if is_ahead(run, now=now) else 3
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
            _beginning(run),
            _css(started, reached=True),
        ),
        *_canary_phase(run),
        Phase(
            "Send the rows",
            f"{grouped(chunks.done)} of {counted(chunks.total, 'chunk')} done",
            _css(sent, reached=started and run.canary != Canary.WAITING),
        ),
        Phase("Settle what is unknown", f"{counted(doubt, 'row')} open", _css(sent and not doubt, reached=sent)),
        Phase("Ended", clock(run.settled_at) if ended else "nothing unknown is left", _css(ended, reached=False)),
    )


def _canary_phase(run: Run) -> tuple[Phase, ...]:
    """Only for runs whose first rows go alone."""
    match Canary(run.canary):
        case Canary.NONE:
            return ()
        case Canary.WAITING:
            remark = "not needed any more" if run.cancelled_at else "sent alone, then looked up at EnKash"
        case Canary.VERIFIED:
            remark = "EnKash's list shows their credits"
        case Canary.ACCEPTED:
            remark = "accepted by a person"
    return (Phase("Verify the first rows", remark, _css(run.canary != Canary.WAITING, reached=True)),)


def _beginning(run: Run) -> str:
    if run.started_at:
        return clock(run.started_at)
    if run.cancelled_at:
        return "never: it was cancelled before"
    return f"by itself, at {moment(run.start_at)}" if run.start_at else "by itself, when a worker is free"


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
