"""The workbook in which the rows with problems leave the portal and come back corrected."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.numerals import grouped

# Rows of one workbook: corrected together, in one transaction, while a person waits.
MOST_ROWS = 10_000
LONGEST_CELL = 1_000
ID, ROW, WRONG = "Id (leave as it is)", "Row in file", "What is wrong"
LOCKED = (ID, ROW, WRONG)
_ID = re.compile("B([0-9]{1,18})-L([0-9]{1,18})-R([0-9]{1,9})-([0-9a-f]{32})-([0-9a-f]{8})")
# How XLSX writes control characters.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_NAMED = 10


@dataclass(frozen=True, slots=True)
class RowId:
    """Which row of which reading of which list. `seal`: of the row as it was; `locked`: of what stands beside."""

    batch: int
    upload: int
    number: int
    seal: str
    locked: str

    def __str__(self) -> str:
        return f"B{self.batch}-L{self.upload}-R{self.number}-{self.seal}-{self.locked}"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a workbook that came back. `at`: its number there; `beside`: what the other locked columns have."""

    at: int
    id: RowId
    texts: Mapping[str, str]
    beside: tuple[str, ...]


def row_id(text: str) -> RowId | None:
    """None for what is no id of ours."""
    found = _ID.fullmatch(text.strip())
    if found is None:
        return None
    batch, upload, number = map(int, found.groups()[:3])
    return RowId(batch, upload, number, found[4], found[5])


def beside_key(texts: Sequence[str]) -> str:
    """Letters and figures only: spreadsheets change spaces and line ends, and mean nothing by it."""
    return "\0".join("".join(filter(str.isalnum, _ESCAPED.sub("", text))) for text in texts)


def alike(stored: str, sent: str) -> bool:
    """Whether a cell came back as it went out. A line break that somebody took out is a change."""
    kept = _one_kind_of_line_ends(stored)
    return kept in {_one_kind_of_line_ends(sent), _one_kind_of_line_ends(_ESCAPED.sub(_unescaped, sent))}


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _one_kind_of_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_lines(lines: Sequence[Line], *, batch: int, upload: int) -> None:
    """Raise the first reason why a workbook cannot be of this list as it was read last."""
    first: dict[int, Line] = {}
    for line in lines:
        if line.id.batch != batch:
            raise InvalidInput(
                f"This workbook is of batch {line.id.batch} (line {line.at}). Download the one of batch {batch}."
            )
        if line.id.upload != upload:
            raise StateConflict(
                "The list was read anew since this workbook was downloaded. Download it again and correct that."
            )
        other = first.setdefault(line.id.number, line)
        if other is not line:
            raise InvalidInput(
                f"Lines {other.at} and {line.at} have the same id, that of row {line.id.number}. Keep one of them."
            )
    if len(lines) > MOST_ROWS:
        raise InvalidInput(
            f"The workbook has {grouped(len(lines))} rows; at most {grouped(MOST_ROWS)} can come back at once."
        )


def refuse_changed(numbers: Sequence[int]) -> NoReturn:
    raise StateConflict(conflict(numbers))


def conflict(numbers: Sequence[int]) -> str:
    """Of rows that are not any more what the workbook was made from; "" of none."""
    if not numbers:
        return ""
    were, lines = ("was", "this line") if len(numbers) == 1 else ("were", "these lines")
    return (
        f"{rows_named(numbers)} {were} changed or left out since the workbook was downloaded. Nothing of it is stored. "
        f"Download it again, or delete {lines} from it."
    )


def rows_named(numbers: Sequence[int]) -> str:
    named = ", ".join(map(grouped, sorted(numbers)[:_NAMED]))
    more = f" and {grouped(len(numbers) - _NAMED)} others" if len(numbers) > _NAMED else ""
    return f"{'Row' if len(numbers) == 1 else 'Rows'} {named}{more}"
