"""What people call batches and files: on pages, in mails, in what an approver signs, so one visible line each."""

import unicodedata

from allocations.domain.errors import InvalidInput

LONGEST_PURPOSE = 120
# Joiners, which are of category Cf, shape letters in Indic scripts.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"


def checked_purpose(text: str) -> str:
    """Trimmed. Raises InvalidInput."""
    words = text.strip()
    if not words:
        raise InvalidInput("The purpose is empty. Say what the points are for, for example “Diwali 2026”.")
    if len(words) > LONGEST_PURPOSE:
        raise InvalidInput(f"The purpose has {len(words)} characters. Write it in at most {LONGEST_PURPOSE}.")
    if any(map(_is_unseen, words)):
        raise InvalidInput("The purpose has a line break or an invisible character in it. Type it again, in one line.")
    return words


def shown_name(file_name: str) -> str:
    """The name of a file as it can be stored and shown, whatever its sender or file system had there."""
    return "".join("_" if _is_unseen(character) else character for character in file_name)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _JOINERS
