"""Personal data that somebody sees masked, shown for a while to those who say why."""

import re
from datetime import timedelta
from enum import StrEnum

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.marks import gettext_noop as _
from allocations.domain.policy import Actor, BatchFacts, Role, can_see_personal_data, require_role

LASTS = timedelta(minutes=10)
# For how long a reveal counts against the most that one person may make.
COUNTS_FOR = timedelta(hours=1)
LONGEST = 300
# As many as a mobile has.
_MANY_DIGITS = re.compile("[0-9](?:[ -]?[0-9]){9}")
_WORD = re.compile(r"\w{3,}")


class Cause(StrEnum):
    """Why details of one recipient are needed."""

    ASKED = "asked"
    DISPUTE = "dispute"
    AUDIT = "audit"
    MISUSE = "misuse"
    AUTHORITY = "authority"


WORDS: dict[Cause, str] = {
    Cause.ASKED: _("The recipient asks about their points"),
    Cause.DISPUTE: _("The points went to somebody else, or are in dispute"),
    Cause.AUDIT: _("Sample of an audit"),
    Cause.MISUSE: _("Misuse is suspected"),
    Cause.AUTHORITY: _("An authority or a court asks"),
}


def check_may_reveal(actor: Actor, batch: BatchFacts) -> None:
    """For auditors, and only what is masked to them and still there."""
    require_role(actor, Role.AUDITOR, act="see the recipients' details of this batch")
    if can_see_personal_data(actor, batch):
        raise StateConflict("You see the recipients' details of this batch as it is. Nothing was revealed.")
    if batch.is_erased:
        raise StateConflict("The personal data of this batch were erased. There is nothing left to reveal.")


def check_reason(cause: str, words: str, *, name: str) -> Cause:
    """The cause, if cause and words can stay in the trail for ever. `name`: the recipient's, which they must not hold.

    Raises InvalidInput. Its sentence repeats nothing of what was typed.
    """
    if cause not in set(Cause):
        raise InvalidInput("No reason is chosen. Choose why you need the details: it is kept in the trail.")
    if not words.strip():
        raise InvalidInput("Say in a few words what it is about, for example the number of a ticket.")
    if len(words) > LONGEST:
        raise InvalidInput(f"The words are longer than {LONGEST} characters. Say it shorter.")
    if "@" in words or _MANY_DIGITS.search(words):
        raise InvalidInput("Leave mobile numbers and e-mail addresses out: the words stay in the trail for ever.")
    if _names(words) & _names(name):
        raise InvalidInput("Leave the recipient's name out: the words stay in the trail for ever.")
    return Cause(cause)


def _names(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def check_not_too_many(made: int, *, most: int) -> None:
    """`made`: those of one person within COUNTS_FOR."""
    if made >= most:
        raise StateConflict(
            f"You revealed the details of {made} rows within the last hour, and {most} is the most. Nothing was "
            "revealed. Wait, or ask for a signed bundle with the recipients' details."
        )
