"""The fixed eight statuses (word, shape, colour class) and neutral tags for everything else."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext, gettext_noop

from allocations.domain.states import BatchState, RowState, RunState
from allocations.presenters.numbers import grouped


@dataclass(frozen=True, slots=True)
class Status:
    """`shape` names a symbol of components/sprite.html; a tag without one is a neutral pill.

    `word` is English, for comparing and for files; a page shows `said`. `failed` and `cancelled`: rows that a word for
    the whole would hide.
    """

    word: str
    shape: str = ""
    failed: int = 0
    cancelled: int = 0

    @property
    def said(self) -> str:
        """In the language of the page, where the word was marked for it."""
        said = gettext(self.word) if self.word else ""
        rest = ((self.failed, gettext("%(rows)s failed")), (self.cancelled, gettext("%(rows)s cancelled")))
        return ", ".join([said, *(words % {"rows": grouped(rows)} for rows, words in rest if rows)])

    @property
    def css(self) -> str:
        return f"st st-{self.shape}" if self.shape else "pill"


DRAFT = Status(gettext_noop("Draft"), "draft")
NEEDS_FIXING = Status(gettext_noop("Needs fixing"), "fix")
AWAITING_APPROVAL = Status(gettext_noop("Awaiting approval"), "wait")
APPROVED = Status(gettext_noop("Approved"), "approved")
RUNNING = Status(gettext_noop("Running"), "run")
CREDITED = Status(gettext_noop("Credited"), "credited")
FAILED = Status(gettext_noop("Failed"), "failed")
UNKNOWN = Status(gettext_noop("Unknown"), "unknown")
# As little is known of it, but people have to act: the look of Unknown under its own word.
CONFLICT = Status(gettext_noop("Conflict"), UNKNOWN.shape)
CANCELLED = Status(gettext_noop("cancelled"))
PAUSED = Status(gettext_noop("paused"))
LEGEND = (DRAFT, NEEDS_FIXING, AWAITING_APPROVAL, APPROVED, RUNNING, CREDITED, FAILED, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What decides the status of an approved batch: its newest run and the outcome totals of all its rows."""

    run: RunState | None
    credited: int = 0
    failed: int = 0
    undecided: int = 0
    cancelled: int = 0


def batch_status(state: BatchState, *, error_rows: int = 0, outcome: Outcome | None = None) -> Status:
    match state:
        case BatchState.DRAFT:
            # Its list could not be used.
            return NEEDS_FIXING
        case BatchState.CHECKING:
            return DRAFT
        case BatchState.REVIEW:
            return NEEDS_FIXING if error_rows else DRAFT
        case BatchState.SUBMITTED:
            return AWAITING_APPROVAL
        case BatchState.APPROVED:
            return APPROVED if outcome is None else _after_approval(outcome)


def _after_approval(outcome: Outcome) -> Status:
    match outcome.run:
        case None | RunState.QUEUED:
            return APPROVED
        case RunState.RUNNING:
            return RUNNING
        case RunState.PAUSED:
            return PAUSED
        case RunState.ATTENTION | RunState.SETTLED:
            return settled_status(
                credited=outcome.credited,
                failed=outcome.failed,
                undecided=outcome.undecided,
                cancelled=outcome.cancelled,
            )


def settled_status(*, credited: int, failed: int, undecided: int, cancelled: int = 0) -> Status:
    """What we do not know comes first. "Credited" names the rows that were not, and looks failed where some failed."""
    if undecided:
        return UNKNOWN
    if credited or not (failed or cancelled):
        return replace(CREDITED, shape=FAILED.shape if failed else CREDITED.shape, failed=failed, cancelled=cancelled)
    return FAILED if failed else CANCELLED


def run_status(state: RunState) -> Status:
    match state:
        case RunState.QUEUED:
            return Status(gettext_noop("waiting to start"))
        case RunState.RUNNING:
            return RUNNING
        case RunState.PAUSED:
            return PAUSED
        case RunState.ATTENTION:
            return Status(gettext_noop("needs people"))
        case RunState.SETTLED:
            return Status(gettext_noop("ended"))


_ROWS = {
    RowState.PENDING: Status(gettext_noop("not sent")),
    RowState.LEFT_OUT: Status(gettext_noop("left out")),
    RowState.SENDING: RUNNING,
    RowState.CREDITED: CREDITED,
    RowState.FAILED: FAILED,
    RowState.UNKNOWN: UNKNOWN,
    RowState.CONFLICT: CONFLICT,
    RowState.ANOMALY: CONFLICT,
    RowState.CANCELLED: CANCELLED,
}


def row_status(state: RowState) -> Status:
    return _ROWS[state]
