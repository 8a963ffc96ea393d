"""The row passport: one person's points from file to card, in sentences and facts."""

import json
from dataclasses import dataclass
from datetime import datetime

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
    who, what = row.name or f"Row {row.number}", points(row.amount)
    match RowState(row.state):
        case RowState.CREDITED:
            said = f"{who} got {points(row.credited_amount)}{_proof(passport)}."
        case RowState.FAILED:
            said = f"{who} did not get {what}: {_refusal(passport)}."
        case RowState.UNKNOWN | RowState.CONFLICT | RowState.ANOMALY:
            said = f"We do not know whether {who} got {what}."
        case RowState.SENDING:
            said = f"The {what} of {who} are with EnKash now."
        case RowState.PENDING:
            waits = "The row waits to be sent again." if row.tries else "Nothing was sent yet."
            said = f"{who} is to get {what}. {waits}"
        case RowState.LEFT_OUT:
            said = f"{who} was left out before submission and gets nothing from this batch."
        case RowState.CANCELLED:
            said = f"{who} gets nothing from this batch: the row was cancelled before it was sent."
    return said


def _proof(passport: Passport) -> str:
    row = passport.row
    return f": {_decided(passport)}" if row.evidence == Evidence.PEOPLE else f" on {moment(row.outcome_at)}"


def _refusal(passport: Passport) -> str:
    """Who said that it failed, and when. `outcome_at` may be later: a cancelled re-run leaves what stood before it."""
    row = passport.row
    match Evidence(row.evidence or Evidence.ANSWER):
        case Evidence.PEOPLE:
            return _decided(passport)
        case Evidence.LOOK_UP:
            return "EnKash's list shows it as failed"
        case Evidence.ANSWER | Evidence.DUPLICATE:
            return f"EnKash refused on {moment(_refused_at(passport) or row.outcome_at)}"


def _refused_at(passport: Passport) -> datetime | None:
    refusals = [link.attempt.answered_at for link in passport.attempts if link.outcome == Outcome.FAILED]
    return refusals[-1] if refusals else None


def _decided(passport: Passport) -> str:
    return f"two people decided so on {moment(passport.decided_at or passport.row.outcome_at)}"


def _approval(passport: Passport) -> str:
    vote = passport.vote
    if vote is None or vote.decision != "approve":
        return ""
    return f"{named(passport.approvals or (vote,))} approved it."


def _sent(tries: int) -> str:
    match tries:
        case 0:
            return ""
        case 1:
            return "It was sent once."
        case _:
            return f"It was sent {counted(tries, 'time')}, always with the same reference."


_MAY_BE_CREDITED_YET = frozenset({RowState.PENDING, RowState.SENDING, RowState.UNKNOWN, *UNDECIDED_BY_US})


def paid_twice(old: Row, new: Row) -> str:
    """What a credit of a replaced row means for its person; "" where it has none."""
    if old.state != RowState.CREDITED:
        return ""
    if new.state == RowState.CREDITED:
        return (
            "Both rows are credited: the person got the points twice. Take them back from one of the rows, if that is "
            "wanted."
        )
    if new.state in _MAY_BE_CREDITED_YET:
        return "The old row is credited after all: if the new one is credited too, the person has the points twice."
    return ""


def second_credit(passport: Passport) -> str:
    """ "" where EnKash credited the row once."""
    if not passport.second_credits:
        return ""
    others = " and ".join(passport.second_credits)
    return (
        f"EnKash credited this row more than once: {passport.row.transaction_id} is on record, and {others} came "
        "on top under the same reference. Compare with EnKash's statement and have EnKash take the surplus back."
    )


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
    texts = {field: for_reader(str(text), in_full) or "(empty)" for field, text in row.raw.items()}
    texts |= dict.fromkeys(hidden.intersection(texts), "masked")
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
    CallResult.ROWS: "answered, row by row",
    CallResult.REFUSED_WHOLE: "the whole call was refused",
    CallResult.UNAUTHORIZED: "our login was not accepted",
    CallResult.THROTTLED: "EnKash asked to wait",
    CallResult.INSUFFICIENT_BALANCE: "not enough points in the account",
    CallResult.REDIRECTED: "pointed to another address, not followed",
    CallResult.SERVER_ERROR: "EnKash's server failed",
    CallResult.UNREADABLE: "the answer could not be read",
    CallResult.NOT_SENT: "nothing left this machine",
    CallResult.BAD_CERTIFICATE: "the certificate was refused, nothing was sent",
    CallResult.NO_ANSWER: "no answer",
}

_STATES: dict[AttemptState, str] = {
    AttemptState.INTENT: "being sent",
    AttemptState.ANSWERED: "answered, being worked up",
    AttemptState.APPLIED: "answered",
    AttemptState.NOT_SENT: "nothing left this machine",
    AttemptState.UNKNOWN: "no answer that proves anything",
    AttemptState.RESOLVED: "settled later by evidence",
}


def attempt_words(attempt: Attempt | ReversalAttempt) -> str:
    """How one call ended, in words."""
    if attempt.result in set(CallResult):
        return _RESULTS[CallResult(attempt.result)]
    return _STATES[AttemptState(attempt.state)]
