"""JSON Lines, as programs send lists: one object a line, its names those of domain.cells.FIELDS.

Row numbers are line numbers. A program can be mended, so whatever is no such object refuses the whole list; what
people typed into the values is found out row by row, as in any other list.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NoReturn

from allocations.domain.cells import FIELDS
from allocations.domain.files import FileRefused
from allocations.domain.numerals import grouped
from allocations.domain.problems import quoted
from allocations.imports.sheets import BLOCK, HEAD, Sheet

LONGEST_LINE = 64 * 1024


class _Odd(ValueError):
    """What is wrong with a line, as the end of a sentence."""


def open_jsonl(path: Path) -> Sheet:
    """Open JSON Lines. Raises FileRefused here or while its blocks are read."""
    blocks = _blocks(path)
    first = next(blocks, [])
    return Sheet(
        head=[list(FIELDS), *first[: HEAD - 1]] if first else [],
        blocks=chain([first], blocks),
        header_row=0,
        encoding="utf-8",
    )


def _blocks(path: Path) -> Iterator[list[list[str]]]:
    with path.open("rb") as file:
        lines = enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), start=1)
        records = (_record(number, line) for number, line in lines)
        while block := list(islice(records, BLOCK)):
            yield block


def _record(number: int, line: bytes) -> list[str]:
    if len(line) > LONGEST_LINE:
        raise FileRefused(f"Line {number} is longer than {grouped(LONGEST_LINE)} bytes.")
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        return _cells(_DECODER.decode(text) if text else {})
    except UnicodeDecodeError:
        raise FileRefused(f"Line {number} is not UTF-8.") from None
    except _Odd as odd:
        raise FileRefused(f"Line {number} {odd}.") from None
    except (ValueError, RecursionError):
        raise FileRefused(f"Line {number} is no JSON. Send one object a line.") from None


def _cells(found: object) -> list[str]:
    if not isinstance(found, dict):
        raise _Odd("is no JSON object. Send one object a line, not one list")
    unknown = [name for name in found if name not in FIELDS]
    if unknown:
        raise _Odd(f"has the unknown field “{quoted(unknown[0])}”. Fields are {', '.join(FIELDS)}")
    return [_text(found.get(field), field) for field in FIELDS]


def _text(value: object, field: str) -> str:
    """Numbers are here as they were written: 9.88e9 is for the cleaning to refuse, not for us to round."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Odd(f"has a {field} that is neither text nor a number")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise _Odd(f"has half a character in its {field}")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise _Odd(f"has the field “{quoted(twice)}” twice")
    return found


def _no_number(word: str) -> NoReturn:
    raise _Odd(f"has the value {word}, which is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_no_number)
