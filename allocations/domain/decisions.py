"""What two people decide where EnKash's answers do not: one proposes with evidence, another confirms."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from allocations.domain.answers import LONGEST_ID
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.numerals import grouped
from allocations.domain.outcomes import Outcome
from allocations.domain.policy import Actor, BatchFacts, Role, permits, require_role
from allocations.domain.states import UNDECIDED_BY_US, RowState

# One proposal is one page of rows: more than a person compares at a sitting is no evidence.
MOST_ROWS = 100
LONGEST_STATEMENT = 2000
EVIDENCE_MAX_BYTES = 10 * 1024 * 1024
EVIDENCE_SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".eml", ".msg", ".txt", ".csv", ".xlsx")


class ProposalState(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def word(self) -> str:
        """As people read it: people reject, EnKash and the portal refuse. What is stored keeps its first name."""
        return "rejected" if self is ProposalState.REFUSED else self.value


class ProposalEvent(StrEnum):
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


P, Pe = ProposalState, ProposalEvent
PROPOSAL: Mapping[tuple[ProposalState, ProposalEvent], ProposalState] = {
    (P.OPEN, Pe.CONFIRM): P.CONFIRMED,
    (P.OPEN, Pe.REFUSE): P.REFUSED,
    (P.OPEN, Pe.WITHDRAW): P.WITHDRAWN,
}


class Decision(StrEnum):
    """What people can say of a row; never that nobody knows."""

    CREDITED = Outcome.CREDITED.value
    FAILED = Outcome.FAILED.value


IN_DOUBT = UNDECIDED_BY_US | {RowState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row and what decides whether people may decide it now.

    `given_up`: nothing more is done with it by itself; `at_work`: a worker holds its chunk; `call_open`: a call with
    it is not read yet; `quiet`: its last call surely is over at EnKash; `replaced`: a replacement row exists;
    `replacement_waits`: and its batch is not approved, so that it can still be given up.
    """

    row_id: int
    number: int
    state: RowState
    given_up: bool
    at_work: bool
    call_open: bool
    quiet: bool
    replaced: bool = False
    replacement_waits: bool = False


def check_work_on_exceptions(actor: Actor) -> None:
    require_role(actor, Role.ADMIN, Role.APPROVER, act="work on rows that wait for people")


def check_settle(actor: Actor, batch: BatchFacts, *, proposed_by_id: int) -> None:
    """Confirm or reject: never the proposer, never a maker of the batch."""
    require_role(actor, Role.APPROVER, act="confirm or reject a decision")
    if actor.id == proposed_by_id:
        raise NotAllowed("You proposed this decision. Another approver must confirm or reject it.")
    if actor.id in batch.maker_ids:
        raise NotAllowed("You made or changed this batch. Another approver must confirm or reject the decision.")


def check_withdraw_proposal(actor: Actor, *, proposed_by_id: int) -> None:
    check_work_on_exceptions(actor)
    if actor.id != proposed_by_id:
        raise NotAllowed("Only the person who proposed this decision can withdraw it.")


can_work_on_exceptions = permits(check_work_on_exceptions)
can_settle = permits(check_settle)
can_withdraw_proposal = permits(check_withdraw_proposal)


def check_proposable(doubt: Doubt, decision: Decision) -> None:
    """Whether a decision about the row may be proposed: only what the portal itself has given up."""
    check_decidable(doubt, decision)
    if not doubt.given_up:
        raise StateConflict(
            f"Row {doubt.number} is still being looked up by itself. It can be decided when that has ended."
        )


def check_decidable(doubt: Doubt, decision: Decision) -> None:
    """Whether the decision could take effect now. `failed` needs certainty that no call can credit it any more."""
    name = f"Row {grouped(doubt.number)}"
    if doubt.state not in IN_DOUBT:
        raise StateConflict(f"{name} is “{doubt.state}” by now: there is nothing left to decide about it.")
    if doubt.at_work:
        raise StateConflict(f"{name} is being looked up this moment. Try again in a minute.")
    match decision:
        case Decision.CREDITED:
            if doubt.replacement_waits:
                raise StateConflict(
                    f"{name} has a replacement row that nobody has approved yet: its person would get points twice. "
                    "Give the replacement up first, on the page of its batch; if that is submitted, withdraw it before."
                )
        case Decision.FAILED:
            if doubt.call_open or not doubt.quiet:
                raise StateConflict(
                    f"The last call with row {grouped(doubt.number)} may still be at work at EnKash. "
                    "It can be called failed when the quiet time is over."
                )


def check_content(*, decision: Decision, statement: str, has_file: bool, transaction_ids: Mapping[int, str]) -> None:
    """`transaction_ids`: row number -> EnKash's id, "" where none is known. Raises InvalidInput."""
    if not transaction_ids:
        raise InvalidInput("No row is chosen. Tick the rows that the decision is about.")
    if len(transaction_ids) > MOST_ROWS:
        raise InvalidInput(f"{grouped(len(transaction_ids))} rows are chosen; one decision holds at most {MOST_ROWS}.")
    if not statement.strip():
        raise InvalidInput("The statement is empty. Say how you know what became of the rows.")
    if len(statement) > LONGEST_STATEMENT:
        raise InvalidInput(f"The statement is too long; at most {grouped(LONGEST_STATEMENT)} characters are kept.")
    _check_ids(transaction_ids)
    bare = [number for number, known in transaction_ids.items() if not known]
    if bare and not has_file:
        raise InvalidInput(
            f"There is no evidence for row {grouped(min(bare))} that it is {decision}: "
            "give EnKash's transaction id, or attach a file such as EnKash's statement."
        )


def _check_ids(transaction_ids: Mapping[int, str]) -> None:
    seen: dict[str, int] = {}
    for number, known in transaction_ids.items():
        if not known:
            continue
        if len(known) > LONGEST_ID or not known.isascii() or not known.isprintable() or " " in known:
            raise InvalidInput(f"“{known[:LONGEST_ID]}” of row {grouped(number)} is not a transaction id of EnKash.")
        if known in seen:
            raise InvalidInput(
                f"Rows {grouped(seen[known])} and {grouped(number)} have the same transaction id {known}. "
                "One transaction proves one row."
            )
        seen[known] = number
