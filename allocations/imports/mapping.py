"""Which column means what: from the header line to a field for each column."""

import re
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from allocations.domain.cells import Cell, OddCell
from allocations.domain.emails import clean_email
from allocations.domain.files import FileRefused
from allocations.domain.forensics import column_letter
from allocations.domain.mobiles import clean_mobile
from allocations.domain.problems import quoted
from allocations.domain.readings import ChoiceNeeded
from allocations.imports.resource import columns, header_key

MAX_COLUMNS = 60
_MARKS = re.compile(r"\(.{0,99}?\)|\[.{0,99}?\]")


class Confidence(StrEnum):
    EXACT = "exact"
    LIKELY = "likely"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Field -> position of its column (0 is A), how sure that is, and the headers that mean nothing to us."""

    columns: dict[str, int]
    confidence: dict[str, Confidence] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()


def header_texts(record: Sequence[Cell]) -> list[str]:
    """A record as headers: texts trimmed, empty columns at the end dropped."""
    texts = [cell.text if isinstance(cell, OddCell) else cell.strip("\ufeff\u200b \t\r\n\u00a0") for cell in record]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def automap(header: Sequence[str]) -> Mapping:
    """Map headers by name and synonym. Raises FileRefused for a header that leaves a field open or means it twice."""
    check_width(header)
    exact = _exact(header)
    likely = _likely(header, taken=exact)
    mapped = {name: exact.get(name, likely.get(name, -1)) for name in columns() if name in exact or name in likely}
    _check_required(header, mapped)
    sure = {name: Confidence.EXACT if name in exact else Confidence.LIKELY for name in mapped}
    return Mapping(mapped, sure, _ignored(header, mapped))


def chosen(header: Sequence[str], override: ReadOnly[str, int]) -> Mapping:
    """A mapping that a person chose. Raises FileRefused when it does not fit the header."""
    check_width(header)
    mapped = {name: index for name, index in override.items() if name in columns()}
    if any(not 0 <= index < len(header) for index in mapped.values()):
        raise FileRefused("The chosen columns do not fit this file. Choose the columns again.")
    if len(set(mapped.values())) < len(mapped):
        raise FileRefused("One column is chosen for two fields. Choose each column once.")
    _check_required(header, mapped)
    return Mapping(mapped, dict.fromkeys(mapped, Confidence.CHOSEN), _ignored(header, mapped))


def how_sure(header: Sequence[str], mapped: ReadOnly[str, int]) -> dict[int, Confidence]:
    """How sure its name makes what a column is read as, by position. One that is read as nothing is not in it."""
    return {index: _sureness(header[index], name) for name, index in mapped.items() if index < len(header)}


def _sureness(text: str, name: str) -> Confidence:
    if _means(header_key(text), name):
        return Confidence.EXACT
    return Confidence.LIKELY if any(_means(key, name) for key in _words(text)) else Confidence.CHOSEN


def count_known(header: Sequence[str]) -> int:
    """How many columns of a header we recognise; decides between delimiters."""
    keys = [header_key(text) for text in header]
    return sum(any(_means(key, name) for name in columns()) for key in keys)


def looks_like_data(record: Sequence[str]) -> bool:
    """True when a line holds a mobile number or an e-mail address, which no header does."""
    return any(clean_email(text)[0] or clean_mobile(text)[0] for text in record)


def check_title_rows(records: Sequence[Sequence[str]]) -> None:
    """Raise ChoiceNeeded when the header stands below other lines; `records` are the file's first ones."""
    if not records or count_known(records[0]):
        return
    for number, record in enumerate(records[1:], start=2):
        if count_known(record) >= 2:
            sentence = f"Header not found in the first row. It seems to be in row {number}."
            advice = "Read the list from there, or delete the rows above it."
            raise ChoiceNeeded(f"{sentence} {advice}", header_row=number)


def check_width(header: Sequence[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise FileRefused(f"The file has more than {MAX_COLUMNS} columns. Delete the columns that are not needed.")


def _means(key: str, name: str) -> bool:
    column = columns()[name]
    return bool(key) and (key == header_key(column.column_name) or key in column.synonyms)


def _exact(header: Sequence[str]) -> dict[str, int]:
    keys = [header_key(text) for text in header]
    found: dict[str, int] = {}
    for name in columns():
        own = [index for index, key in enumerate(keys) if _means(key, name)]
        if len(own) > 1:
            _refuse_twice(header, name, own)
        if own:
            found[name] = own[0]
    return found


def _refuse_twice(header: Sequence[str], name: str, own: list[int]) -> None:
    first, second = header[own[0]], header[own[1]]
    if header_key(first) == header_key(second):
        places = f"{column_letter(own[0])} and {column_letter(own[1])}"
        raise FileRefused(f"Column '{quoted(second)}' occurs twice ({places}). Keep one.")
    raise FileRefused(f"Both '{quoted(first)}' and '{quoted(second)}' mean {name}. Keep one.")


def _likely(header: Sequence[str], *, taken: ReadOnly[str, int]) -> dict[str, int]:
    """Headers with a known word among others ("Mobile no. (10 digits)"), where just one column has it."""
    words = [_words(text) if index not in taken.values() else set() for index, text in enumerate(header)]
    found: dict[str, int] = {}
    for name in columns():
        own = [index for index, keys in enumerate(words) if any(_means(key, name) for key in keys)]
        if name not in taken and len(own) == 1 and own[0] not in found.values():
            found[name] = own[0]
    return found


def _words(text: str) -> set[str]:
    parts = _MARKS.sub(" ", text).replace("_", " ").split()
    keys = [header_key(part) for part in parts]
    pairs = [left + right for left, right in pairwise(keys)]
    return {*keys, *pairs, header_key(_MARKS.sub(" ", text))}


def _check_required(header: Sequence[str], mapped: ReadOnly[str, int]) -> None:
    missing = [name for name, column in columns().items() if column.required and name not in mapped]
    if not missing:
        return
    if not mapped and looks_like_data(header):
        raise FileRefused("The first line looks like data. Add a header: name, mobile, amount...")
    word = "column" if len(missing) == 1 else "columns"
    found = ", ".join(quoted(text) for text in header if text) or "nothing"
    raise FileRefused(f"Missing {word}: {', '.join(missing)}. Found: {found}.")


def _ignored(header: Sequence[str], mapped: ReadOnly[str, int]) -> tuple[str, ...]:
    used = set(mapped.values())
    return tuple(text for index, text in enumerate(header) if text and index not in used)
