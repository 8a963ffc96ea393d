"""The fixed eight statuses (word, shape, colour class) and neutral tags for everything else."""

from dataclasses import dataclass

from allocations.domain.states import BatchState, RowState, RunState


@dataclass(frozen=True, slots=True)
class Status:
    """`shape` names a symbol of components/sprite.html; a tag without one is a neutral pill."""

    word: str
    shape: str = ""

    @property
    def css(self) -> str:
        return f"st st-{self.shape}" if self.shape else "pill"


DRAFT = Status("Draft", "draft")
NEEDS_FIXING = Status("Needs fixing", "fix")
AWAITING_APPROVAL = Status("Awaiting approval", "wait")
APPROVED = Status("Approved", "approved")
RUNNING = Status("Running", "run")
CREDITED = Status("Credited", "credited")
FAILED = Status("Failed", "failed")
UNKNOWN = Status("Unknown", "unknown")
# As little is known of it, but people have to act: the look of Unknown under its own word.
CONFLICT = Status("Conflict", UNKNOWN.shape)
CANCELLED = Status("cancelled")
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
        case BatchState.DRAFT | BatchState.CHECKING:
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
        case RunState.RUNNING | RunState.PAUSED:
            return RUNNING
        case RunState.ATTENTION | RunState.SETTLED:
            return settled_status(
                credited=outcome.credited,
                failed=outcome.failed,
                undecided=outcome.undecided,
                cancelled=outcome.cancelled,
            )


def settled_status(*, credited: int, failed: int, undecided: int, cancelled: int = 0) -> Status:
    """What we do not know comes first; one credited row makes the whole "Credited", the counts say the rest."""
    if undecided:
        return UNKNOWN
    if credited or not (failed or cancelled):
        return CREDITED
    return FAILED if failed else CANCELLED


def run_status(state: RunState) -> Status:
    match state:
        case RunState.QUEUED:
            return Status("waiting to start")
        case RunState.RUNNING:
            return RUNNING
        case RunState.PAUSED:
            return Status("paused")
        case RunState.ATTENTION:
            return Status("needs people")
        case RunState.SETTLED:
            return Status("ended")


_ROWS = {
    RowState.PENDING: Status("not sent"),
    RowState.LEFT_OUT: Status("left out"),
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
