"""Why a row failed or is in doubt, in plain words, and what to do next. EnKash's own text stays beside it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.domain.outcomes import Evidence, Reason


@dataclass(frozen=True, slots=True)
class Explanation:
    """`words` says what happened, `next_step` what a person can do; "" where there is nothing to do."""

    words: str
    next_step: str = ""


_COMPARE = gettext_noop("Compare the row with EnKash's statement before anybody decides.")
ASKED = gettext_noop("EnKash is asked again by itself. Nothing to do now.")

EXPLANATIONS: dict[Reason, Explanation] = {
    Reason.DUPLICATE_REFERENCE: Explanation(
        gettext_noop("EnKash already knows this reference, and its list does not show yet what became of it."),
        gettext_noop(
            "It is looked up again by itself for a day. After that, or if it is a conflict, compare the row with "
            "EnKash's statement before anybody decides."
        ),
    ),
    Reason.INSUFFICIENT_BALANCE: Explanation(
        gettext_noop("The reward account did not hold enough points."),
        gettext_noop("Top up the account at EnKash, then re-run."),
    ),
    Reason.KYC: Explanation(
        gettext_noop("The KYC of the company's primary card is missing or under review."),
        gettext_noop("Ask EnKash to finish it, then re-run."),
    ),
    Reason.CONFIGURATION: Explanation(
        gettext_noop("Something about the reward account is not set up at EnKash."),
        gettext_noop("Send EnKash the text below, then re-run."),
    ),
    Reason.NO_REASON: Explanation(
        gettext_noop("EnKash refused the row and gave no reason."),
        gettext_noop("Re-run it. The reference stays the same, so it cannot be credited twice."),
    ),
    Reason.OTHER: Explanation(
        gettext_noop("EnKash refused the row."),
        # EnKash documents no texts about a person, so none of them is told apart here.
        gettext_noop(
            "A re-run sends the row again as it was approved: it helps once EnKash has corrected what its text names. "
            "If the row itself is wrong, put the person, corrected, into a new list and re-run this batch no more: a "
            "re-run takes every failed row, and the person could get points twice."
        ),
    ),
    Reason.NOT_IN_ANSWER: Explanation(gettext_noop("EnKash's answer does not mention this row."), ASKED),
    Reason.NO_ANSWER: Explanation(gettext_noop("EnKash did not answer the call that held this row."), ASKED),
    Reason.COUNTS_DIFFER: Explanation(gettext_noop("The counts in EnKash's answer do not match what was sent."), ASKED),
    Reason.NO_TRANSACTION_ID: Explanation(gettext_noop("EnKash lists the credit without a transaction id."), ASKED),
    Reason.AMOUNT_MISSING: Explanation(gettext_noop("EnKash lists the credit without an amount."), ASKED),
    Reason.AMOUNT_DIFFERS: Explanation(gettext_noop("EnKash credited another amount than was sent."), _COMPARE),
    Reason.EMAIL_DIFFERS: Explanation(gettext_noop("EnKash names another email address for this mobile."), _COMPARE),
    Reason.PERSON_DIFFERS: Explanation(gettext_noop("EnKash's transaction names another mobile."), _COMPARE),
    Reason.ACCOUNT_DIFFERS: Explanation(gettext_noop("EnKash's answer names another reward account."), _COMPARE),
    Reason.TRANSACTION_REUSED: Explanation(gettext_noop("EnKash gave one transaction id to two rows."), _COMPARE),
    Reason.DOUBLE_CREDIT: Explanation(gettext_noop("EnKash shows two credits for this one row."), _COMPARE),
    Reason.BOTH_LISTS: Explanation(gettext_noop("EnKash lists the row as credited and as failed."), _COMPARE),
    Reason.UNDECIDED_AT_ENKASH: Explanation(gettext_noop("EnKash has the transaction but has not finished it."), ASKED),
    Reason.DECIDED_BY_PEOPLE: Explanation(
        gettext_noop("Two people decided, with evidence, that the points were not given."),
        gettext_noop("Re-run it, or replace it if EnKash does not take its reference again."),
    ),
    Reason.CANCELLED_AFTER_A_CALL: Explanation(
        gettext_noop("The run was cancelled after EnKash had refused a call with this row. It is not sent again."),
        ASKED,
    ),
}

EVIDENCE: dict[Evidence, str] = {
    Evidence.ANSWER: gettext_noop("EnKash's answer to the call"),
    Evidence.LOOK_UP: gettext_noop("A look-up at EnKash, by our reference"),
    Evidence.DUPLICATE: gettext_noop("EnKash refused a second try because it already has the first"),
    Evidence.PEOPLE: gettext_noop("Two people, with evidence"),
}

NOTHING = Explanation("")


def explain(code: str) -> Explanation:
    """An unknown code explains nothing: EnKash's text then stands alone."""
    return said(EXPLANATIONS[Reason(code)]) if code in set(Reason) else NOTHING


def said(explanation: Explanation) -> Explanation:
    """In the language of the page; files have the words of EXPLANATIONS themselves."""
    return Explanation(_(explanation.words), _(explanation.next_step))


def evidence_words(code: str) -> str:
    return _(EVIDENCE[Evidence(code)]) if code in set(Evidence) else ""
