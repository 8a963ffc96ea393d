"""Why a run pauses by itself, and what to do about it. One table for pages, mails and exports."""

from enum import StrEnum

from allocations.domain.marks import gettext_noop as _


class Pause(StrEnum):
    BY_PERSON = "by_person"
    STOPPED = "stopped"
    CANARY = "canary"
    STOP_LOSS = "stop_loss"
    FIRST_UNKNOWN = "first_unknown"
    BALANCE = "balance"
    CONFIGURATION = "configuration"
    LOGIN = "login"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    SERVER_ERRORS = "server_errors"
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    COUNTS = "counts"
    CONTRACT = "contract"
    IMPOSSIBLE = "impossible"
    TAMPERED = "tampered"
    OUTDATED = "outdated"
    UNAPPROVED = "unapproved"
    LAPSED = "lapsed"
    OTHER_POLICY = "other_policy"
    TAKEN_AFTER_ALL = "taken_after_all"
    TAKEN_TWICE = "taken_twice"
    OVERDRAWN = "overdrawn"
    DEFECT = "defect"


ADVICE: dict[Pause, tuple[str, str]] = {
    Pause.BY_PERSON: (_("Somebody paused the run."), _("Resume when you are ready.")),
    Pause.STOPPED: (
        _("Somebody asked to stop after the chunk in hand. It is finished; no other chunk was begun."),
        _("Resume when you are ready."),
    ),
    Pause.CANARY: (
        _("The first rows of the run went alone, and EnKash's list of transactions does not bear them out."),
        _("Compare them with EnKash's statement. Resuming accepts them and lets the rest follow."),
    ),
    Pause.STOP_LOSS: (
        _("Too many rows of the run failed, so no more are sent until somebody has looked."),
        _("Look at the causes; resuming goes on and counts anew."),
    ),
    Pause.FIRST_UNKNOWN: (
        _("A call left rows unknown, and the portal is set to stop then."),
        _(
            "Ask EnKash whether it has a disturbance, then resume: the rows are looked up when their quiet time is "
            "over."
        ),
    ),
    Pause.BALANCE: (
        _("The reward account does not hold enough points for the next rows."),
        _("Top up the account at EnKash, then resume."),
    ),
    Pause.CONFIGURATION: (
        _("EnKash refuses every row because something is not set up on its side."),
        _("Ask EnKash about the message, then resume."),
    ),
    Pause.LOGIN: (
        _("EnKash refuses our login. A third refusal would lock the account, so nothing tries again by itself."),
        _("Check the EnKash user name and password, then resume for one more try."),
    ),
    Pause.UNREACHABLE: (
        _("EnKash could not be reached five times in a row. Nothing was sent."),
        _("Check the network and ENKASH_API_URL, then resume."),
    ),
    Pause.CERTIFICATE: (
        _("The certificate of EnKash's server could not be verified. Nothing was sent."),
        _("Check the address and the machine's clock and certificates, then resume."),
    ),
    Pause.REDIRECTED: (
        _("EnKash's server points to another address. The list was not sent there."),
        _("Check ENKASH_API_URL, then resume."),
    ),
    Pause.REFUSED: (_("EnKash refused the whole request."), _("Read the message, mend the cause, then resume.")),
    Pause.SERVER_ERRORS: (
        _("EnKash's server failed several times in a row."),
        _("Ask EnKash whether it has a disturbance, then resume."),
    ),
    Pause.NO_ANSWER: (
        _("EnKash did not answer several times in a row."),
        _("Ask EnKash whether it has a disturbance, then resume."),
    ),
    Pause.UNREADABLE: (
        _("EnKash sent answers that cannot be read."),
        _("Look at the raw answers in the attempts and ask EnKash, then resume."),
    ),
    Pause.COUNTS: (
        _("The counts in EnKash's answer do not match the rows that were sent."),
        _("Compare the attempt with EnKash's statement, then resume."),
    ),
    Pause.CONTRACT: (
        _("EnKash's answer is not the one that its documentation describes, and the portal cannot rely on it."),
        _("Nothing more is sent until an owner has marked it on the page EnKash contract; then resume."),
    ),
    Pause.IMPOSSIBLE: (
        _("EnKash's answer contradicts what was sent. Nothing more goes out until people have looked."),
        _("Compare the rows in conflict with EnKash's statement before you resume."),
    ),
    Pause.TAMPERED: (
        _("A row differs from what was approved. It was not sent."),
        _("Find out who changed the database. Do not resume before."),
    ),
    Pause.OUTDATED: (
        _("A newer version of the portal prepared the list than runs in this worker. It was not sent."),
        _("Update every worker, then resume."),
    ),
    Pause.UNAPPROVED: (
        _("Whoever approved it is no approver any more, or not of the group asked for. Nothing of the run was sent."),
        _("Cancel what was not sent and submit the list as a new batch, for another approver to decide about."),
    ),
    Pause.LAPSED: (
        _("The approval is too old: the run did not begin in time. Nothing of it was sent."),
        _("Cancel what was not sent and submit the list as a new batch, for an approver to look at it anew."),
    ),
    Pause.OTHER_POLICY: (
        _("Another approval policy came into force after the batch was submitted. Nothing of the run was sent."),
        _("Cancel what was not sent and submit the list as a new batch, to be approved under the policy of now."),
    ),
    Pause.TAKEN_AFTER_ALL: (
        _("A late answer proves that EnKash took the points back, although the reversal had been called failed."),
        _("Compare the row's reversals with EnKash's statement. Resuming says that you have looked."),
    ),
    Pause.TAKEN_TWICE: (
        _("EnKash tells of another debit for this reversal than the one on record, so the points may be taken twice."),
        _("Compare it with EnKash's statement. Resuming says that you have looked."),
    ),
    Pause.OVERDRAWN: (
        _("With this reversal more points would be taken back than the row was credited. It was not sent."),
        _("Compare the row's reversals with EnKash's statement. Withdraw what is too much, then resume."),
    ),
    Pause.DEFECT: (
        _("An answer could not be worked up because of a defect in the portal. The raw answer is kept."),
        _("Report it; after an update the stored answer is read again."),
    ),
}


_CLICKED = frozenset({Pause.BY_PERSON, Pause.STOPPED})
_GRAVE = frozenset({Pause.IMPOSSIBLE, Pause.TAMPERED, Pause.DEFECT})


def outranks(new: Pause, old: Pause) -> bool:
    """Whether a run that is paused already must show `new` instead: else a resume for `old` would pass over it.

    A drift of the answers explains much that follows from it, such as counts that differ, but no contradiction.
    """
    return old in _CLICKED or _rank(new) > _rank(old)


def _rank(pause: Pause) -> int:
    return 2 if is_grave(pause) else 1 if pause is Pause.CONTRACT else 0


def is_grave(pause: Pause) -> bool:
    """Whether something is wrong that no retry and no later answer mends."""
    return pause in _GRAVE


def sentence(pause: Pause, detail: str = "") -> str:
    """What happened, the message where there is one (EnKash's or the connection's), what to do.

    Of a drift `detail` is what happened."""
    what, to_do = ADVICE[pause]
    if detail and pause is Pause.CONTRACT:
        # In our own words, and they say more than the table can.
        return f"{detail} {to_do}"
    said = f" The message: “{detail}”." if detail else ""
    return f"{what}{said} {to_do}"
