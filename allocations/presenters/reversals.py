"""Points taken back, in words: status, sentence, why it is so, who did what, and what can be done."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.domain.calls import CallResult
from allocations.domain.debits import Doubt
from allocations.domain.policy import Actor, check_gets_nothing
from allocations.domain.reversal_policy import check_decide, check_resume, check_withdraw
from allocations.domain.reversals import ReversalState
from allocations.models import Reversal, ReversalAttempt
from allocations.presenters.holds import when
from allocations.presenters.numbers import points
from allocations.presenters.passports import attempt_words
from allocations.presenters.reasons import ASKED, NOTHING, Explanation, said
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
    ReversalState.REVERSED: Status(gettext_noop("taken back")),
    ReversalState.FAILED: FAILED,
    ReversalState.REJECTED: Status(gettext_noop("rejected")),
    ReversalState.WITHDRAWN: Status(gettext_noop("withdrawn")),
}

_COMPARE = gettext_noop("Compare it with EnKash's statement, then have EnKash asked again.")

EXPLANATIONS: dict[Doubt, Explanation] = {
    Doubt.TOO_FEW_POINTS: Explanation(
        gettext_noop("The person's card holds fewer points: some are spent."),
        gettext_noop("Ask for what is left, in a new reversal."),
    ),
    Doubt.REFUSED: Explanation(
        gettext_noop("EnKash refused to take the points back."),
        gettext_noop("Read EnKash's text, mend the cause, then ask in a new reversal."),
    ),
    Doubt.LISTED_AS_FAILED: Explanation(
        gettext_noop("EnKash lists it as failed."), gettext_noop("Ask again in a new reversal.")
    ),
    Doubt.NO_ANSWER: Explanation(gettext_noop("EnKash gave no answer that proves anything."), ASKED),
    Doubt.NO_TRANSACTION_ID: Explanation(gettext_noop("EnKash's answer holds no transaction id."), ASKED),
    Doubt.REFUSED_AFTER_LOSS: Explanation(
        gettext_noop("EnKash refused the call, but an earlier one without an answer may have taken the points."), ASKED
    ),
    Doubt.UNCLEAR_REFUSAL: Explanation(
        gettext_noop("EnKash refused the call in words that do not say that nothing was taken."), ASKED
    ),
    Doubt.UNDECIDED_AT_ENKASH: Explanation(
        gettext_noop("EnKash lists the transaction, but nothing that decides it yet."), ASKED
    ),
    Doubt.NOT_FOUND: Explanation(
        gettext_noop("No answer proves anything, EnKash lists nothing, and it was sent often enough."), _COMPARE
    ),
    Doubt.RESTORED: Explanation(
        gettext_noop("The database was restored from a backup, so the portal cannot know whether it was sent."), ASKED
    ),
    Doubt.REFERENCE_TAKEN: Explanation(
        gettext_noop("EnKash already knows this reference, and we never sent it."), _COMPARE
    ),
    Doubt.PERSON_DIFFERS: Explanation(gettext_noop("EnKash names another card or person."), _COMPARE),
    Doubt.AMOUNT_DIFFERS: Explanation(gettext_noop("EnKash lists another amount."), _COMPARE),
    Doubt.TRANSACTION_REUSED: Explanation(
        gettext_noop("EnKash gave a transaction id that something else has."), _COMPARE
    ),
    Doubt.DOUBLE_DEBIT: Explanation(gettext_noop("EnKash lists two debits for this one reversal."), _COMPARE),
    Doubt.LISTED_AS_CREDIT: Explanation(gettext_noop("EnKash lists a credit under this reference."), _COMPARE),
}


def reversal_status(state: ReversalState) -> Status:
    return _STATUSES[state]


def explain(code: str) -> Explanation:
    return said(EXPLANATIONS[Doubt(code)]) if code in set(Doubt) else NOTHING


def sentence(reversal: Reversal) -> str:
    name = reversal.row.name or _("row %(row)s") % {"row": reversal.row.number}
    match ReversalState(reversal.state):
        case ReversalState.PROPOSED:
            text = _("%(points)s would be taken back from %(name)s. Nothing is sent before somebody approves it.")
        case ReversalState.APPROVED:
            text = _("%(points)s are to be taken back from %(name)s. It is approved and waits to be sent.")
        case ReversalState.SENDING:
            text = _("The reversal of %(points)s from %(name)s is with EnKash now.")
        case ReversalState.UNKNOWN | ReversalState.DISPUTED:
            text = _("We do not know whether %(points)s were taken back from %(name)s.")
        case ReversalState.REVERSED:
            text = _("%(points)s were taken back from %(name)s on %(at)s.")
        case ReversalState.FAILED:
            text = _("%(points)s were not taken back from %(name)s.")
        case ReversalState.REJECTED | ReversalState.WITHDRAWN:
            rejected = _("%(points)s stay with %(name)s: the reversal was rejected.")
            withdrawn = _("%(points)s stay with %(name)s: the reversal was withdrawn.")
            text = rejected if reversal.state == ReversalState.REJECTED else withdrawn
    return text % {"points": points(reversal.amount), "name": name, "at": moment(reversal.outcome_at)}


def next_step(reversal: Reversal, *, now: datetime, hold: Hold) -> str:
    """What happens by itself and when, or "" where nothing does."""
    at = reversal.next_action_at
    soon = _("at %(time)s") % {"time": clock(at, now=now)} if at and at > now else _("within a minute")
    then = {"when": when(hold, otherwise=soon)}
    if reversal.pause_code:
        return ""
    match ReversalState(reversal.state):
        case ReversalState.APPROVED:
            return _("It is sent %(when)s.") % then
        case ReversalState.UNKNOWN:
            return (
                _("EnKash is asked again %(when)s; only then, and only under the same reference, is it sent again.")
                % then
            )
        case ReversalState.DISPUTED:
            return _("EnKash is asked again %(when)s; it is not sent again.") % then if at else ""
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
    CallResult.ROWS: gettext_noop("answered: done"),
    CallResult.REFUSED_WHOLE: gettext_noop("refused"),
    CallResult.INSUFFICIENT_BALANCE: gettext_noop("not enough points on the card"),
}


def call_words(attempt: ReversalAttempt) -> str:
    """How one call ended; a bulk call's words where they fit a single call too."""
    known = attempt.result in set(CallResult) and _CALLS.get(CallResult(attempt.result))
    return _(known) if known else attempt_words(attempt)


def story(reversal: Reversal) -> list[Line]:
    """Who did what; the reason of a rejection in its words."""
    asked = _("%(name)s asked for %(points)s: “%(reason)s”") % {
        "name": person(reversal.requested_by),
        "points": points(reversal.amount),
        "reason": reversal.reason,
    }
    lines = [Line(reversal.requested_at, asked, "wait")]
    if reversal.approved_at:
        approved = _("%(name)s approved it") % {"name": person(reversal.approved_by)}
        lines.append(Line(reversal.approved_at, approved, "approved"))
    if reversal.closed_at:
        lines.append(Line(reversal.closed_at, _closed(reversal)))
    return lines


def _closed(reversal: Reversal) -> str:
    who = {"name": person(reversal.closed_by), "reason": reversal.closed_reason}
    if reversal.state == ReversalState.WITHDRAWN:
        text = _("%(name)s has withdrawn it: “%(reason)s”") if who["reason"] else _("%(name)s has withdrawn it")
    else:
        text = _("%(name)s has rejected it: “%(reason)s”") if who["reason"] else _("%(name)s has rejected it")
    return text % who


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
        resume = _("Resume reversal %(number)s") % {"number": reversal.pk}
    elif facts.state is ReversalState.DISPUTED:
        resume = _("Ask EnKash again about reversal %(number)s") % {"number": reversal.pk}
    return Acts(
        decide=facts.state is ReversalState.PROPOSED and not against,
        why_not=against,
        withdraw=not reversal.tries and not reason_of(check_withdraw, actor, facts),
        resume=resume,
        why_no_resume=reason_of(check_resume, actor, facts) if resume else "",
    )
