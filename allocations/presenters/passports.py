"""The row passport: one person's points from file to card, in sentences and facts."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.domain.calls import CallResult
from allocations.domain.causes import cause_label
from allocations.domain.manifest import payload_bytes, payload_hash
from allocations.domain.outcomes import Evidence, Outcome
from allocations.domain.retention import ERASED
from allocations.domain.states import UNDECIDED_BY_US, AttemptState, RowState
from allocations.models import Attempt, ReversalAttempt, Row, Upload
from allocations.presenters.approvers import named
from allocations.presenters.numbers import NO_VALUE, counted, points
from allocations.presenters.people import for_reader, masked_email, masked_mobile, mobile
from allocations.presenters.readings import cell_notes
from allocations.presenters.times import moment
from allocations.selectors.passports import Passport


def sentence(passport: Passport) -> str:
    row = passport.row
    return " ".join(part for part in (_outcome(passport), _approval(passport), _sent(row.tries)) if part)


def _outcome(passport: Passport) -> str:
    row = passport.row
    who = {"name": row.name or _("Row %(row)s") % {"row": row.number}, "points": points(row.amount)}
    match RowState(row.state):
        case RowState.CREDITED:
            said = _credited(passport, who)
        case RowState.FAILED:
            said = _failed(passport, who)
        case RowState.UNKNOWN | RowState.CONFLICT | RowState.ANOMALY:
            said = _("We do not know whether %(name)s got %(points)s.") % who
        case RowState.SENDING:
            said = _("The %(points)s of %(name)s are with EnKash now.") % who
        case RowState.PENDING:
            again = _("%(name)s is to get %(points)s. The row waits to be sent again.")
            said = (again if row.tries else _("%(name)s is to get %(points)s. Nothing was sent yet.")) % who
        case RowState.LEFT_OUT:
            said = _("%(name)s was left out before submission and gets nothing from this batch.") % who
        case RowState.CANCELLED:
            said = _("%(name)s gets nothing from this batch: the row was cancelled before it was sent.") % who
    return said


def _credited(passport: Passport, who: dict[str, str]) -> str:
    row = passport.row
    who = {**who, "points": points(row.credited_amount)}
    if row.evidence == Evidence.PEOPLE:
        return _("%(name)s got %(points)s: two people decided so on %(at)s.") % {**who, "at": _decided_at(passport)}
    return _("%(name)s got %(points)s on %(at)s.") % {**who, "at": moment(row.outcome_at)}


def _failed(passport: Passport, who: dict[str, str]) -> str:
    """Who said that it failed, and when. `outcome_at` may be later: a cancelled re-run leaves what stood before it."""
    row = passport.row
    match Evidence(row.evidence or Evidence.ANSWER):
        case Evidence.PEOPLE:
            said, at = _("%(name)s did not get %(points)s: two people decided so on %(at)s."), _decided_at(passport)
        case Evidence.LOOK_UP:
            said, at = _("%(name)s did not get %(points)s: EnKash's list shows it as failed."), ""
        case Evidence.ANSWER | Evidence.DUPLICATE:
            said = _("%(name)s did not get %(points)s: EnKash refused on %(at)s.")
            at = moment(_refused_at(passport) or row.outcome_at)
    return said % {**who, "at": at}


def _refused_at(passport: Passport) -> datetime | None:
    refusals = [link.attempt.answered_at for link in passport.attempts if link.outcome == Outcome.FAILED]
    return refusals[-1] if refusals else None


def _decided_at(passport: Passport) -> str:
    return moment(passport.decided_at or passport.row.outcome_at)


def _approval(passport: Passport) -> str:
    vote = passport.vote
    if vote is None or vote.decision != "approve":
        return ""
    return _("%(names)s approved it.") % {"names": named(passport.approvals or (vote,))}


def _sent(tries: int) -> str:
    match tries:
        case 0:
            return ""
        case 1:
            return _("It was sent once.")
        case several:
            said = _("It was sent %(times)s, always with the same reference.")
            return said % {"times": counted(several, "time")}


_MAY_BE_CREDITED_YET = frozenset({RowState.PENDING, RowState.SENDING, RowState.UNKNOWN, *UNDECIDED_BY_US})


def paid_twice(old: Row, new: Row) -> str:
    """What a credit of a replaced row means for its person; "" where it has none."""
    if old.state != RowState.CREDITED:
        return ""
    if new.state == RowState.CREDITED:
        return _(
            "Both rows are credited: the person got the points twice. Take them back from one of the rows, if that is "
            "wanted."
        )
    if new.state in _MAY_BE_CREDITED_YET:
        return _("The old row is credited after all: if the new one is credited too, the person has the points twice.")
    return ""


def second_credit(passport: Passport) -> str:
    """ "" where EnKash credited the row once."""
    if not passport.second_credits:
        return ""
    return _(
        "EnKash credited this row more than once: %(first)s is on record, and %(others)s came on top under the same "
        "reference. Compare with EnKash's statement and have EnKash take the surplus back."
    ) % {"first": passport.row.transaction_id, "others": _(" and ").join(passport.second_credits)}


@dataclass(frozen=True, slots=True)
class Payload:
    """What EnKash gets for the row. `intact`: the stored content still has the hash that was signed.

    `sha256` is "" for masked content: beside the rest of a row it would give six hidden digits away.
    """

    text: str
    sha256: str
    intact: bool


def payload(row: Row, *, in_full: bool) -> Payload | None:
    """None while the row cannot be sent, and when it was erased. Masks change what is shown, never what is hashed."""
    if row.amount is None or row.payload_hash in {"", ERASED}:
        return None
    fields = {name: getattr(row, name) for name in ("title", "name", "email", "mobile", "remarks", "reference")}
    real = payload_bytes(amount=row.amount, **fields)
    if not in_full:
        fields |= {name: for_reader(fields[name], in_full=False) for name in ("name", "remarks")}
        fields |= {"mobile": masked_mobile(row.mobile), "email": masked_email(row.email) if row.email else ""}
    shown = json.loads(payload_bytes(amount=row.amount, **fields))
    text = json.dumps(shown, ensure_ascii=False, indent=2)
    intact = payload_hash(real) == row.payload_hash
    return Payload(text=text, sha256=row.payload_hash if in_full else "", intact=intact)


@dataclass(frozen=True, slots=True)
class Found:
    """A cell of the file: `text` where it differs from what is sent, `note` on where it stands and what it was."""

    field: str
    text: str
    note: str


def as_found(row: Row, upload: Upload | None, *, in_full: bool) -> list[Found]:
    """Cells that are not simply what is sent. A damaged mobile or address is personal all the same."""
    hidden = set() if in_full else {"mobile", "email"}
    texts = {field: for_reader(str(text), in_full) or _("(empty)") for field, text in row.raw.items()}
    texts |= dict.fromkeys(hidden.intersection(texts), _("masked"))
    notes = cell_notes(row, upload)
    return [Found(field, texts.get(field, ""), notes.get(field, "")) for field in {**texts, **notes}]


@dataclass(frozen=True, slots=True)
class Finding:
    is_error: bool
    field: str
    words: str


def findings(passport: Passport, *, in_full: bool) -> list[Finding]:
    """What the check found. Its sentences quote the cell, so for others there is only their kind."""
    return [
        Finding(one.severity == "error", one.field, one.message if in_full else cause_label(one.code))
        for one in passport.problems
    ]


def details(passport: Passport, *, in_full: bool) -> dict[str, object]:
    """What somebody who opens the row before it is approved reads beside its line."""
    return {
        "contact": contact(passport.row, in_full=in_full),
        "found": as_found(passport.row, passport.upload, in_full=in_full),
        "problems": findings(passport, in_full=in_full),
        "by_hand": passport.by_hand,
    }


@dataclass(frozen=True, slots=True)
class Contact:
    mobile: str
    email: str


def contact(row: Row, *, in_full: bool) -> Contact:
    if in_full:
        return Contact(mobile(row.mobile) or NO_VALUE, row.email)
    return Contact(masked_mobile(row.mobile), masked_email(row.email) if row.email else "")


_RESULTS: dict[CallResult, str] = {
    CallResult.ROWS: gettext_noop("answered, row by row"),
    CallResult.REFUSED_WHOLE: gettext_noop("the whole call was refused"),
    CallResult.UNAUTHORIZED: gettext_noop("our login was not accepted"),
    CallResult.THROTTLED: gettext_noop("EnKash asked to wait"),
    CallResult.INSUFFICIENT_BALANCE: gettext_noop("not enough points in the account"),
    CallResult.REDIRECTED: gettext_noop("pointed to another address, not followed"),
    CallResult.SERVER_ERROR: gettext_noop("EnKash's server failed"),
    CallResult.UNREADABLE: gettext_noop("the answer could not be read"),
    CallResult.NOT_SENT: gettext_noop("nothing left this machine"),
    CallResult.BAD_CERTIFICATE: gettext_noop("the certificate was refused, nothing was sent"),
    CallResult.NO_ANSWER: gettext_noop("no answer"),
}

_STATES: dict[AttemptState, str] = {
    AttemptState.INTENT: gettext_noop("being sent"),
    AttemptState.ANSWERED: gettext_noop("answered, being worked up"),
    AttemptState.APPLIED: gettext_noop("answered"),
    AttemptState.NOT_SENT: gettext_noop("nothing left this machine"),
    AttemptState.UNKNOWN: gettext_noop("no answer that proves anything"),
    AttemptState.RESOLVED: gettext_noop("settled later by evidence"),
}


def result_words(result: CallResult) -> str:
    return _(_RESULTS[result])


def attempt_words(attempt: Attempt | ReversalAttempt) -> str:
    """How one call ended, in words."""
    if attempt.result in set(CallResult):
        return result_words(CallResult(attempt.result))
    return _(_STATES[AttemptState(attempt.state)])
