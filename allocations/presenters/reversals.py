"""Points taken back, in words: status, sentence, why it is so, who did what, and what can be done."""

from dataclasses import dataclass
from datetime import datetime

from allocations.domain.calls import CallResult
from allocations.domain.debits import Doubt
from allocations.domain.policy import Actor, check_gets_nothing
from allocations.domain.reversal_policy import check_decide, check_resume, check_withdraw
from allocations.domain.reversals import ReversalState
from allocations.models import Reversal, ReversalAttempt
from allocations.presenters.holds import when
from allocations.presenters.numbers import points
from allocations.presenters.passports import attempt_words
from allocations.presenters.reasons import ASKED, NOTHING, Explanation
from allocations.presenters.refusals import reason_of
from allocations.presenters.statuses import APPROVED, AWAITING_APPROVAL, FAILED, RUNNING, UNKNOWN, Status
from allocations.presenters.stories import Line, person
from allocations.presenters.times import clock, moment
from allocations.selectors.holds import Hold
from allocations.selectors.reversals import facts_of

_STATUSES: dict[ReversalState, Status] = {
    ReversalState.PROPOSED: AWAITING_APPROVAL,
    ReversalState.APPROVED: APPROVED,
    ReversalState.SENDING: RUNNING,
    ReversalState.UNKNOWN: UNKNOWN,
    ReversalState.DISPUTED: UNKNOWN,
    ReversalState.REVERSED: Status("taken back"),
    ReversalState.FAILED: FAILED,
    ReversalState.REJECTED: Status("rejected"),
    ReversalState.WITHDRAWN: Status("withdrawn"),
}

_COMPARE = "Compare it with EnKash's statement, then have EnKash asked again."

EXPLANATIONS: dict[Doubt, Explanation] = {
    Doubt.TOO_FEW_POINTS: Explanation(
        "The person's card holds fewer points: some are spent.", "Ask for what is left, in a new reversal."
    ),
    Doubt.REFUSED: Explanation(
        "EnKash refused to take the points back.", "Read EnKash's text, mend the cause, then ask in a new reversal."
    ),
    Doubt.LISTED_AS_FAILED: Explanation("EnKash lists it as failed.", "Ask again in a new reversal."),
    Doubt.NO_ANSWER: Explanation("EnKash gave no answer that proves anything.", ASKED),
    Doubt.NO_TRANSACTION_ID: Explanation("EnKash's answer holds no transaction id.", ASKED),
    Doubt.REFUSED_AFTER_LOSS: Explanation(
        "EnKash refused the call, but an earlier one without an answer may have taken the points.", ASKED
    ),
    Doubt.UNCLEAR_REFUSAL: Explanation(
        "EnKash refused the call in words that do not say that nothing was taken.", ASKED
    ),
    Doubt.UNDECIDED_AT_ENKASH: Explanation("EnKash lists the transaction, but nothing that decides it yet.", ASKED),
    Doubt.NOT_FOUND: Explanation(
        "No answer proves anything, EnKash lists nothing, and it was sent often enough.", _COMPARE
    ),
    Doubt.RESTORED: Explanation(
        "The database was restored from a backup, so the portal cannot know whether it was sent.", ASKED
    ),
    Doubt.REFERENCE_TAKEN: Explanation("EnKash already knows this reference, and we never sent it.", _COMPARE),
    Doubt.PERSON_DIFFERS: Explanation("EnKash names another card or person.", _COMPARE),
    Doubt.AMOUNT_DIFFERS: Explanation("EnKash lists another amount.", _COMPARE),
    Doubt.TRANSACTION_REUSED: Explanation("EnKash gave a transaction id that something else has.", _COMPARE),
    Doubt.DOUBLE_DEBIT: Explanation("EnKash lists two debits for this one reversal.", _COMPARE),
    Doubt.LISTED_AS_CREDIT: Explanation("EnKash lists a credit under this reference.", _COMPARE),
}


def reversal_status(state: ReversalState) -> Status:
    return _STATUSES[state]


def explain(code: str) -> Explanation:
    return EXPLANATIONS[Doubt(code)] if code in set(Doubt) else NOTHING


def sentence(reversal: Reversal) -> str:
    what, who = points(reversal.amount), reversal.row.name or f"row {reversal.row.number}"
    match ReversalState(reversal.state):
        case ReversalState.PROPOSED:
            said = f"{what} would be taken back from {who}. Nothing is sent before somebody approves it."
        case ReversalState.APPROVED:
            said = f"{what} are to be taken back from {who}. It is approved and waits to be sent."
        case ReversalState.SENDING:
            said = f"The reversal of {what} from {who} is with EnKash now."
        case ReversalState.UNKNOWN | ReversalState.DISPUTED:
            said = f"We do not know whether {what} were taken back from {who}."
        case ReversalState.REVERSED:
            said = f"{what} were taken back from {who} on {moment(reversal.outcome_at)}."
        case ReversalState.FAILED:
            said = f"{what} were not taken back from {who}."
        case ReversalState.REJECTED | ReversalState.WITHDRAWN:
            said = f"{what} stay with {who}: the reversal was {reversal.state}."
    return said


def next_step(reversal: Reversal, *, now: datetime, hold: Hold) -> str:
    """What happens by itself and when, or "" where nothing does."""
    at = reversal.next_action_at
    then = when(hold, otherwise=f"at {clock(at)}" if at and at > now else "within a minute")
    if reversal.pause_code:
        return ""
    match ReversalState(reversal.state):
        case ReversalState.APPROVED:
            return f"It is sent {then}."
        case ReversalState.UNKNOWN:
            return f"EnKash is asked again {then}; only then, and only under the same reference, is it sent again."
        case ReversalState.DISPUTED:
            return f"EnKash is asked again {then}; it is not sent again." if at else ""
        case (
            ReversalState.PROPOSED
            | ReversalState.SENDING
            | ReversalState.REVERSED
            | ReversalState.FAILED
            | ReversalState.REJECTED
            | ReversalState.WITHDRAWN
        ):
            return ""


_CALLS: dict[CallResult, str] = {
    CallResult.ROWS: "answered: done",
    CallResult.REFUSED_WHOLE: "refused",
    CallResult.INSUFFICIENT_BALANCE: "not enough points on the card",
}


def call_words(attempt: ReversalAttempt) -> str:
    """How one call ended; a bulk call's words where they fit a single call too."""
    known = attempt.result in set(CallResult) and _CALLS.get(CallResult(attempt.result))
    return known or attempt_words(attempt)


def story(reversal: Reversal) -> list[Line]:
    """Who did what; the reason of a rejection in its words."""
    asked = f"{person(reversal.requested_by)} asked for {points(reversal.amount)}: “{reversal.reason}”"
    lines = [Line(reversal.requested_at, asked, "wait")]
    if reversal.approved_at:
        lines.append(Line(reversal.approved_at, f"{person(reversal.approved_by)} approved it", "approved"))
    if reversal.closed_at:
        why = f": “{reversal.closed_reason}”" if reversal.closed_reason else ""
        lines.append(Line(reversal.closed_at, f"{person(reversal.closed_by)} has {reversal.state} it{why}"))
    return lines


@dataclass(frozen=True, slots=True)
class ReversalLine:
    """One reversal in a list. `remark`: why it is held, or in doubt."""

    reversal: Reversal
    status: Status
    remark: str


def reversal_lines(reversals: "list[Reversal]") -> list[ReversalLine]:
    return [ReversalLine(one, reversal_status(ReversalState(one.state)), remark(one)) for one in reversals]


def remark(reversal: Reversal) -> str:
    return reversal.pause_text or explain(reversal.doubt).words


@dataclass(frozen=True, slots=True)
class Acts:
    """What this person can do with it. `why_not`: what keeps them from deciding a proposed one, or ""."""

    decide: bool
    why_not: str
    withdraw: bool
    resume: str
    why_no_resume: str


def acts(reversal: Reversal, actor: Actor, *, own_row: int | None = None) -> Acts:
    """`own_row`: see domain.policy.check_gets_nothing."""
    facts = facts_of(reversal)
    against = ""
    if facts.state is ReversalState.PROPOSED:
        against = reason_of(check_decide, actor, facts) or reason_of(check_gets_nothing, own_row)
    resume = ""
    if reversal.pause_code:
        resume = f"Resume reversal {reversal.pk}"
    elif facts.state is ReversalState.DISPUTED:
        resume = f"Ask EnKash again about reversal {reversal.pk}"
    return Acts(
        decide=facts.state is ReversalState.PROPOSED and not against,
        why_not=against,
        withdraw=not reversal.tries and not reason_of(check_withdraw, actor, facts),
        resume=resume,
        why_no_resume=reason_of(check_resume, actor, facts) if resume else "",
    )
