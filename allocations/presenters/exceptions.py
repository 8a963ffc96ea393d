"""Rows that wait for people as lines of the inbox, and decisions about them in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from allocations.domain.decisions import Decision, ProposalState, can_withdraw_proposal, check_settle
from allocations.domain.policy import Actor, BatchFacts, check_gets_nothing
from allocations.domain.states import RowState
from allocations.models import Batch, Proposal, Row, Run
from allocations.presenters.numbers import counted
from allocations.presenters.refusals import reason_of
from allocations.presenters.row_lines import remark
from allocations.presenters.statuses import CREDITED, FAILED, Status, row_status
from allocations.presenters.stories import person

KIND_FILTERS = (
    ("", gettext_lazy("All kinds")),
    ("unknown", gettext_lazy("Unknown")),
    ("conflict", gettext_lazy("Conflict")),
)
OWNER_FILTERS = (
    ("", gettext_lazy("Whoever looks after it")),
    ("mine", gettext_lazy("Mine")),
    ("nobody", gettext_lazy("Nobody's")),
)


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """`owner`: who looks after it, "" for nobody; `proposal_id`: the open decision about it."""

    row: Row
    status: Status
    remark: str
    owner: str
    proposal_id: int | None


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """The lines of one batch on this page; `waiting`: how many of its rows wait in all."""

    batch: Batch
    run: Run | None
    waiting: int
    lines: tuple[ExceptionLine, ...]


def exception_groups(rows: Iterable[Row], *, waiting: Mapping[int, int]) -> list[WaitingGroup]:
    groups = []
    for batch_id, found in groupby(rows, key=lambda row: row.batch_id):
        lines = tuple(exception_line(row) for row in found)
        first = lines[0].row
        run = first.chunk.run if first.chunk else None
        groups.append(WaitingGroup(first.batch, run, waiting.get(batch_id, len(lines)), lines))
    return groups


def exception_line(row: Row) -> ExceptionLine:
    owner = getattr(row, "exception_owner", None)
    open_ones = getattr(row, "open_proposals", ())
    return ExceptionLine(
        row=row,
        status=row_status(RowState(row.state)),
        remark=remark(row),
        owner=person(owner.owner) if owner else "",
        proposal_id=open_ones[0].proposal_id if open_ones else None,
    )


def told_transactions(row: Row) -> list[str]:
    """Transaction ids that EnKash's answers named for the row: to be compared, not to be believed."""
    return sorted({link.transaction_id for link in row.attempts.all() if link.transaction_id})


_STATES: dict[ProposalState, Status] = {
    ProposalState.OPEN: Status(gettext_noop("waits for a second person"), "wait"),
    ProposalState.CONFIRMED: Status(gettext_noop("confirmed"), "approved"),
    ProposalState.REFUSED: Status(gettext_noop("rejected")),
    ProposalState.WITHDRAWN: Status(gettext_noop("withdrawn")),
}


def decision_status(proposal: Proposal) -> Status:
    return _STATES[ProposalState(proposal.state)]


def outcome_status(proposal: Proposal) -> Status:
    match Decision(proposal.outcome):
        case Decision.CREDITED:
            return CREDITED
        case Decision.FAILED:
            return FAILED


def decision_title(proposal: Proposal, rows: int) -> str:
    """12 rows of batch 7, proposed as credited. Only a confirmed decision says what became of them."""
    said = {"rows": counted(rows, "row"), "batch": proposal.batch_id}
    is_decided = proposal.state == ProposalState.CONFIRMED
    match Decision(proposal.outcome):
        case Decision.CREDITED if is_decided:
            return _("%(rows)s of batch %(batch)s, decided as credited") % said
        case Decision.CREDITED:
            return _("%(rows)s of batch %(batch)s, proposed as credited") % said
        case Decision.FAILED if is_decided:
            return _("%(rows)s of batch %(batch)s, decided as failed") % said
        case Decision.FAILED:
            return _("%(rows)s of batch %(batch)s, proposed as failed") % said


@dataclass(frozen=True, slots=True)
class DecisionActs:
    """What this person can do with an open decision; `why_not`: what keeps them from confirming it."""

    is_open: bool
    why_not: str
    withdraw: bool


def decision_acts(actor: Actor, proposal: Proposal, facts: BatchFacts, *, own_row: int | None = None) -> DecisionActs:
    """`own_row`: see domain.policy.check_gets_nothing."""
    if proposal.state != ProposalState.OPEN:
        return DecisionActs(is_open=False, why_not="", withdraw=False)
    return DecisionActs(
        is_open=True,
        why_not=reason_of(check_settle, actor, facts, proposed_by_id=proposal.proposed_by_id)
        or reason_of(check_gets_nothing, own_row),
        withdraw=can_withdraw_proposal(actor, proposed_by_id=proposal.proposed_by_id),
    )
