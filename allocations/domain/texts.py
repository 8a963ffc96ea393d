"""Characters that do not belong: invisible ones, control characters, line breaks inside a cell."""

import re
import unicodedata

from allocations.domain.problems import Problem, error, warning

# Joiners shape letters in Indic scripts, so inside a name they are part of the spelling.
_JOINERS = re.compile("[\u200c\u200d]")
_STRAY_JOINER = re.compile("(?<![\u0900-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0900-\u0dff])")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u2060\ufeff]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_BREAK = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_PLAIN = re.compile("[!-~]+(?: [!-~]+)*")
# Of Excel and its kin; the last one of LibreOffice.
_SHEET_ERROR = re.compile(r"#(?:N/A|NAME\?|(?:REF|VALUE|DIV/0|NULL|NUM|SPILL|CALC)!)|Err:[0-9]{3}")


def is_sheet_error(text: str) -> bool:
    """True for what a failed formula shows (#N/A, #REF!): saved as text it is nobody's name."""
    return _SHEET_ERROR.fullmatch(text) is not None


def tidy_code(text: str, field: str) -> tuple[str, list[Problem]]:
    """A mobile, amount, e-mail or reference: trimmed, invisible characters removed, the dangerous refused.

    The value is "" when a problem is an error: what follows an unexpected line break is not to be trusted.
    """
    if _PLAIN.fullmatch(text):
        return text, []
    for pattern, code, message in _REFUSED:
        if pattern.search(text):
            return "", [error(code, field, text, message)]
    trimmed = _trim(text)
    clean, removed = _INVISIBLE.subn("", _JOINERS.sub("\u200b", trimmed))
    return _SPACES.sub(" ", clean).strip(), [_removed(field, text)] if removed else []


def tidy_words(text: str, field: str) -> tuple[str, list[Problem]]:
    """A title, name or remark: NFC, single spaces, nothing invisible; each removal inside it is a warning."""
    if _PLAIN.fullmatch(text):
        return text, []
    if _CONTROL.search(text):
        return "", [error("control_characters", field, text, _CONTROL_SENTENCE)]
    problems = []
    clean, directions = _DIRECTION.subn("", text)
    if directions:
        problems.append(
            warning("direction_marks", field, text, "contained invisible direction marks; they were removed.")
        )
    clean, breaks = _LINE_BREAK.subn(" ", _trim(clean))
    if breaks:
        problems.append(warning("line_break", field, text, "contained a line break; it is read as a space."))
    clean, removed = _INVISIBLE.subn("", _STRAY_JOINER.sub("\u200b", clean))
    if removed:
        problems.append(_removed(field, text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", clean)).strip(), problems


_CONTROL_SENTENCE = "contains control characters. Type the cell again."
_REFUSED = (
    (_LINE_BREAK, "line_break", "contains a line break. A quote may be missing in the file."),
    (_DIRECTION, "direction_marks", "contains invisible direction marks. Type the cell again."),
    (_CONTROL, "control_characters", _CONTROL_SENTENCE),
)
_EDGES = " \t\r\n\x0b\x0c\x85\u00a0\u00ad\u180e\u200b\u200c\u200d\u2028\u2029\u202f\u2060\u3000\ufeff"


def _trim(text: str) -> str:
    return text.strip(_EDGES)


def _removed(field: str, text: str) -> Problem:
    return warning("invisible_characters", field, text, "contained invisible characters; they were removed.")
