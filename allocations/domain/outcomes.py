"""Outcomes of a row, the evidence for them, and the reasons EnKash gives for a failure."""

import re
from enum import StrEnum

from allocations.domain.states import RowEvent


class Outcome(StrEnum):
    """What one answer or look-up says of one row. UNKNOWN is the default of everything that proves nothing."""

    CREDITED = "credited"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    ANOMALY = "anomaly"


class Evidence(StrEnum):
    """Why an outcome is believed."""

    ANSWER = "answer"
    LOOK_UP = "look_up"
    # In rows of earlier versions only: decision 0005.
    DUPLICATE = "duplicate"
    PEOPLE = "people"


class Reason(StrEnum):
    """What a failure text means. OTHER keeps the text verbatim."""

    DUPLICATE_REFERENCE = "duplicate_reference"
    INSUFFICIENT_BALANCE = "insufficient_balance"
    KYC = "kyc"
    CONFIGURATION = "configuration"
    NO_REASON = "no_reason"
    OTHER = "other"
    # Ours, for rows that are not plain failures.
    NOT_IN_ANSWER = "not_in_answer"
    NO_ANSWER = "no_answer"
    COUNTS_DIFFER = "counts_differ"
    NO_TRANSACTION_ID = "no_transaction_id"
    AMOUNT_MISSING = "amount_missing"
    AMOUNT_DIFFERS = "amount_differs"
    EMAIL_DIFFERS = "email_differs"
    PERSON_DIFFERS = "person_differs"
    ACCOUNT_DIFFERS = "account_differs"
    TRANSACTION_REUSED = "transaction_reused"
    DOUBLE_CREDIT = "double_credit"
    BOTH_LISTS = "both_lists"
    UNDECIDED_AT_ENKASH = "undecided_at_enkash"
    DECIDED_BY_PEOPLE = "decided_by_people"
    CANCELLED_AFTER_A_CALL = "cancelled_after_a_call"


# EnKash's documented texts (bulk page, guides), lower case, white space folded.
_TEXTS: tuple[tuple[str, Reason], ...] = (
    ("insufficient balance in card account", Reason.INSUFFICIENT_BALANCE),
    ("kyc is not uploaded or under review for the primary card", Reason.KYC),
    ("primary enkash card is not present", Reason.CONFIGURATION),
    ("bin type is not mapped on planmaster", Reason.CONFIGURATION),
    ("card account does not exist for this partner", Reason.CONFIGURATION),
    ("card account not found for companyid", Reason.CONFIGURATION),
    ("company id is required if it is an enkash user", Reason.CONFIGURATION),
)

EVENT_OF: dict[Outcome, RowEvent] = {
    Outcome.CREDITED: RowEvent.CREDIT,
    Outcome.FAILED: RowEvent.FAIL,
    Outcome.UNKNOWN: RowEvent.LOSE_SIGHT,
    Outcome.CONFLICT: RowEvent.CONTRADICT,
    Outcome.ANOMALY: RowEvent.DISTRUST,
}


def reason_of(text: str) -> Reason:
    """What EnKash's failure text means; case and white space do not matter."""
    folded = re.sub(r"\s+", " ", text).strip().casefold()
    if not folded:
        return Reason.NO_REASON
    if "unique reference number" in folded and "already exists" in folded:
        return Reason.DUPLICATE_REFERENCE
    return next((reason for known, reason in _TEXTS if folded.startswith(known)), Reason.OTHER)
