"""References that the file brought: kept beside ours, so that people find their own numbers again."""

import re

from allocations.domain.problems import Problem, error, quoted

FIELD = "client_reference"
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+|[0-9]+[.,][0-9]+[eE][0-9]+")
_ALLOWED = re.compile("[A-Za-z0-9-]*")


def clean_client_reference(text: str, *, max_length: int) -> tuple[str, Problem | None]:
    """Return the reference as written, or "" and the error. `text` is tidied."""
    text = text.lstrip("'’`")
    if _SCIENTIFIC.fullmatch(text):
        sentence = f"was rounded by Excel ({quoted(text)}). Format the column as text and enter it in full."
        return "", error("reference_damaged_by_excel", FIELD, text, sentence)
    if len(text) > max_length or not _ALLOWED.fullmatch(text):
        sentence = f"is {quoted(text)}; use A-Z, 0-9, '-', max {max_length} characters."
        return "", error("reference_invalid", FIELD, text, sentence)
    return text, None


def reference_key(text: str) -> str:
    """The form under which two clean references count as the same: without case and dashes."""
    return text.replace("-", "").casefold()
