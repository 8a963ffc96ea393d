"""Differences as sentences, for pauses, pages, reports and commands alike."""

from collections.abc import Mapping, Sequence
from typing import Final

from allocations.enkash.contract.shapes import Call, Difference, Found

CALLS: Final[Mapping[Call, str]] = {
    Call.LOGIN: "the login",
    Call.BULK: "the bulk call",
    Call.SINGLE: "the single call",
    Call.LOOK_UP: "the look-up of transactions",
    Call.ACCOUNT: "the question for the account",
}
_MOST: Final = 3


def sentence(found: Found, *, with_path: bool = True) -> str:
    """What EnKash does, and where; without the path for whoever shows that beside it."""
    answer, name = f"EnKash's answer to {CALLS[found.call]}", found.path.rpartition(".")[2]
    where = f" ({found.path})" if with_path and name != found.path else ""
    match found.kind:
        case Difference.MISSING_FIELD:
            return f"{answer} no longer has the field “{name}”{where}."
        case Difference.OTHER_TYPE:
            return f"{answer} has {found.detail} in “{name}”{where}."
        case Difference.UNKNOWN_CODE:
            return f"{answer} has a value that is not documented in “{name}”{where}: {found.detail}."
        case Difference.UNKNOWN_FIELD:
            return f"{answer} has a field that is not documented, “{name}”{where}."
        case Difference.UNKNOWN_TEXT:
            return f"{answer} has a failure text that is not documented, in “{name}”{where}: “{found.detail}”."


def sentences(found: Sequence[Found]) -> str:
    """The first three as one text."""
    more = f" And {len(found) - _MOST} more." if len(found) > _MOST else ""
    return " ".join(map(sentence, found[:_MOST])) + more
