"""One uploaded row: cells in, clean values and problems out."""

import re
from collections.abc import Sequence
from typing import cast
from unicodedata import is_normalized

from allocations.domain.careful import clean_carefully
from allocations.domain.cells import Cell, CleanRow, RowLimits
from allocations.domain.mobiles import DUMMIES
from allocations.domain.problems import Problem

# Nineteen rows of twenty need little done to them. One pattern over the joined cells recognises those; all
# others take the careful way, which gives the same values for these (tested by property).
_SEPARATOR = "\x1f"
_INDIC = "\u0900-\u0dff"
_LETTERS = "A-Za-z" + "".join(chr(code) for code in range(0x0900, 0x0E00) if chr(code).isalpha())
_READY = re.compile(
    _SEPARATOR.join(
        (
            "(?:Mr|Mrs|Ms|)",
            rf"[{_LETTERS}][A-Za-z0-9.',{_INDIC}-]*+(?: [A-Za-z0-9.',{_INDIC}-]++)*+",
            r"(?:[A-Za-z0-9_+-]++(?:\.[A-Za-z0-9_+-]++)*+@(?:[a-z0-9]++\.)++[a-z]{2,20}|)",
            r"(?:(?:\+91|91|0)[ -]?)?[6-9][0-9]{4}[ -]?[0-9]{5}",
            "[1-9][0-9]{0,14}",
            rf"(?:(?!Err:)[A-Za-z0-9{_INDIC}][!-;=-~{_INDIC}]*+(?: [!-;=-~{_INDIC}]++)*+|)",
            "[A-Za-z0-9-]*",
        )
    )
).fullmatch
_MOBILE_MARKS = str.maketrans("", "", " -")
# Below EnKash's and the mail standard's own limits, so that only the longest take the careful way.
_SHORT_EMAIL = 64


def clean_row(cells: Sequence[Cell], *, limits: RowLimits) -> tuple[CleanRow, tuple[Problem, ...]]:
    """Clean one row; `cells` has one cell per field of FIELDS. Cleaning a clean row changes nothing."""
    try:
        line = _SEPARATOR.join(cast("Sequence[str]", cells))
    except TypeError:  # an OddCell
        return clean_carefully(cells, limits=limits)
    if _READY(line) is None or not (line.isascii() or is_normalized("NFC", line)):
        return clean_carefully(cells, limits=limits)
    title, name, email, mobile, amount, remarks, reference = cast("Sequence[str]", cells)
    if len(mobile) != 10:
        mobile = mobile.translate(_MOBILE_MARKS)[-10:]
    points = int(amount)
    if (
        points > limits.max_points
        or mobile in DUMMIES
        or not (len(name) <= limits.max_name and len(email) <= _SHORT_EMAIL)
        or not (len(remarks) <= limits.max_remarks and len(reference) <= limits.max_reference)
    ):
        return clean_carefully(cells, limits=limits)
    return CleanRow(title, name, email, mobile, points, remarks, reference), ()
