"""A run as one sentence, four phases and a ledger."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from allocations.domain.canary import Canary
from allocations.domain.states import RunState
from allocations.models import Run
from allocations.presenters.holds import when
from allocations.presenters.numbers import grouped
from allocations.presenters.times import about, clock, moment
from allocations.selectors.holds import Hold
from allocations.selectors.runs import ChunkCounts
from allocations.selectors.totals import Totals

MEASURED_AFTER_CHUNKS = 3


def sentence(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime, hold: Hold) -> str:
    """What a person would say on the phone."""
    have = _have(totals.credited)
    match RunState(run.state):
        case RunState.QUEUED:
            return _queued(run, totals, now=now, hold=hold)
        case RunState.RUNNING:
            return _running(run, totals, chunks, have=have, now=now, hold=hold)
        case RunState.PAUSED:
            return _("Paused: %(have)s, %(left)s.") % {"have": have, "left": _not_sent(totals.pending)}
        case RunState.ATTENTION:
            open_ones = totals.disputed + totals.unknown
            said = ngettext(
                "%(have)s. %(rows)s row needs a decision by people.",
                "%(have)s. %(rows)s rows need a decision by people.",
                open_ones,
            )
            return said % {"have": have, "rows": grouped(open_ones)}
        case RunState.SETTLED:
            return _ended(totals, have=have)


def _have(people: int) -> str:
    said = ngettext("%(people)s person has their points", "%(people)s people have their points", people)
    return said % {"people": grouped(people)}


def _not_sent(rows: int) -> str:
    return ngettext("%(rows)s row is not sent", "%(rows)s rows are not sent", rows) % {"rows": grouped(rows)}


def _ended(totals: Totals, *, have: str) -> str:
    failed = ngettext("%(rows)s row failed", "%(rows)s rows failed", totals.failed) % {"rows": grouped(totals.failed)}
    if not totals.cancelled:
        return _("Ended: %(have)s, %(failed)s.") % {"have": have, "failed": failed}
    cancelled = ngettext("%(rows)s row cancelled", "%(rows)s rows cancelled", totals.cancelled)
    told = {"have": have, "failed": failed, "cancelled": cancelled % {"rows": grouped(totals.cancelled)}}
    return _("Ended: %(have)s, %(failed)s, %(cancelled)s.") % told


def is_ahead(run: Run, *, now: datetime) -> bool:
    """Whether the run waits for the time that was chosen for it."""
    return run.start_at is not None and run.start_at > now


def _queued(run: Run, totals: Totals, *, now: datetime, hold: Hold) -> str:
    told = {"rows": grouped(totals.rows), "at": moment(run.start_at), "when": when(hold, otherwise="")}
    if is_ahead(run, now=now):
        said = ngettext(
            "%(rows)s row waits until %(at)s. The run begins by itself.",
            "%(rows)s rows wait until %(at)s. The run begins by itself.",
            totals.rows,
        )
    elif told["when"]:
        said = ngettext(
            "%(rows)s row waits. The run begins by itself %(when)s.",
            "%(rows)s rows wait. The run begins by itself %(when)s.",
            totals.rows,
        )
    else:
        said = ngettext(
            "%(rows)s row waits for a worker. The run begins by itself.",
            "%(rows)s rows wait for a worker. The run begins by itself.",
            totals.rows,
        )
    return said % told


def _running(run: Run, totals: Totals, chunks: ChunkCounts, *, have: str, now: datetime, hold: Hold) -> str:
    if run.cancelled_at and (totals.pending or totals.sending):
        left = totals.pending + totals.sending
        said = ngettext(
            "Cancelled: %(have)s, %(rows)s row is still being cleared up. Nothing more is sent.",
            "Cancelled: %(have)s, %(rows)s rows are still being cleared up. Nothing more is sent.",
            left,
        )
        return said % {"have": have, "rows": grouped(left)}
    if totals.pending or totals.sending:
        return _("Chunk %(at)s of %(total)s: %(have)s. %(outlook)s") % {
            "at": grouped(min(chunks.done + 1, chunks.total)),
            "total": grouped(chunks.total),
            "have": have,
            "outlook": _outlook(run, totals, chunks, now=now, hold=hold),
        }
    if not totals.unknown:
        return _("%(have)s. Every row is answered; the run ends now.") % {"have": have}
    return _unknown(
        totals.unknown, have=have, at=chunks.next_at if chunks.next_at and chunks.next_at > now else None, now=now
    )


def _unknown(rows: int, *, have: str, at: datetime | None, now: datetime) -> str:
    if at is None:
        said = ngettext(
            "%(have)s. %(rows)s row is unknown; EnKash is asked again.",
            "%(have)s. %(rows)s rows are unknown; EnKash is asked again.",
            rows,
        )
    else:
        said = ngettext(
            "%(have)s. %(rows)s row is unknown; EnKash is asked again at %(at)s.",
            "%(have)s. %(rows)s rows are unknown; EnKash is asked again at %(at)s.",
            rows,
        )
    return said % {"have": have, "rows": grouped(rows), "at": clock(at, now=now)}


def _outlook(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime, hold: Hold) -> str:
    held = when(hold, otherwise="")
    if held:
        return _("It goes on %(when)s.") % {"when": held}
    if run.stop_requested_at:
        return _("It stops after the chunk in hand.")
    if run.canary == Canary.WAITING:
        return _("The rest follows when EnKash's list shows the credits of the first rows.")
    return time_left(run, totals, chunks, now=now)


def time_left(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime) -> str:
    """An estimate from the pace so far; none before there is a pace."""
    if run.started_at is None or chunks.done < MEASURED_AFTER_CHUNKS or not totals.decided:
        return _("Measuring how long it takes.")
    left = (now - run.started_at) * (totals.pending + totals.sending) / totals.decided
    return _("%(about)s left.") % {"about": about(left).capitalize()}


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


def phases(run: Run, totals: Totals, chunks: ChunkCounts, *, now: datetime) -> tuple[Phase, ...]:
    started = RunState(run.state) is not RunState.QUEUED
    ended = RunState(run.state) is RunState.SETTLED
    sent = started and not (totals.pending or totals.sending)
    doubt = totals.unknown + totals.disputed
    return (
        Phase(
            _("Begin"),
            _beginning(run, now=now),
            _css(started, reached=True),
        ),
        *_canary_phase(run),
        Phase(
            _("Send the rows"),
            _done(chunks),
            _css(sent, reached=started and run.canary != Canary.WAITING),
        ),
        Phase(_("Settle what is unknown"), _open(doubt), _css(sent and not doubt, reached=sent)),
        Phase(
            _("Ended"),
            moment(run.settled_at) if ended else _("when nothing unknown is left"),
            _css(ended, reached=False),
        ),
    )


def _done(chunks: ChunkCounts) -> str:
    said = ngettext("%(done)s of %(total)s chunk done", "%(done)s of %(total)s chunks done", chunks.total)
    return said % {"done": grouped(chunks.done), "total": grouped(chunks.total)}


def _open(rows: int) -> str:
    return ngettext("%(rows)s row open", "%(rows)s rows open", rows) % {"rows": grouped(rows)}


def _canary_phase(run: Run) -> tuple[Phase, ...]:
    """Only for runs whose first rows go alone."""
    match Canary(run.canary):
        case Canary.NONE:
            return ()
        case Canary.WAITING:
            remark = _("not needed any more") if run.cancelled_at else _("sent alone, then looked up at EnKash")
        case Canary.VERIFIED:
            remark = _("EnKash's list shows their credits")
        case Canary.ACCEPTED:
            remark = _("accepted by a person")
    return (Phase(_("Verify the first rows"), remark, _css(run.canary != Canary.WAITING, reached=True)),)


def _beginning(run: Run, *, now: datetime) -> str:
    if run.started_at:
        return moment(run.started_at) if run.settled_at else clock(run.started_at, now=now)
    if run.cancelled_at:
        return _("never: it was cancelled before")
    if run.start_at:
        return _("by itself, at %(at)s") % {"at": moment(run.start_at)}
    return _("by itself, when a worker is free")


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
