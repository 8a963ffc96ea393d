"""One line of the table of odd uploads: what comes in, how it is treated, and what people are told."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from allocations.domain.cells import FIELDS

HEADER = ("Title", "Name", "Email", "Mobile", "Amount", "Remarks", "Reference")
GOOD = dict(zip(FIELDS, ("", "Asha Rao", "", "9812345671", "100", "", ""), strict=True))
SHORT = "Name,Mobile,Amount\n"
ASHA, RAVI = "Asha,9812345671,100\n", "Ravi,9812345672,250\n"
LIST = SHORT + ASHA + RAVI


class T(StrEnum):
    """Treatment: accepted, accepted with a warning, row error, file error."""

    A = "accepted"
    W = "warned"
    R = "row error"
    F = "file error"


@dataclass(frozen=True, slots=True)
class Case:
    """`content` is the file or makes it in a folder. `row` is part of the first stored row, `told` everything that
    people read: problems as "Row 2, mobile: ...", notes, questions, ignored columns, the refusal."""

    number: int
    treatment: T
    content: bytes | Callable[[Path], bytes]
    told: tuple[str, ...] = ()
    row: Mapping[str, object] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()
    kind: str = "csv"
    label: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"case_{self.number}{'_' if self.label else ''}{self.label}"


def one_row(**cells: str) -> bytes:
    """A list of one good row but for these cells."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, list((GOOD | cells).values())])
    return text.getvalue().encode()


def accepted(number: int, name: str, found: str, value: object, *, label: str = "") -> Case:
    """A cell that becomes `value` without a word."""
    return Case(number, T.A, one_row(**{name: found}), row={name: value}, label=label)


def warned(number: int, name: str, found: str, value: object, *, said: str, label: str = "") -> Case:
    """A cell that becomes `value`, with a warning."""
    told = (f"Row 2, {name}: {said}",)
    return Case(number, T.W, one_row(**{name: found}), told=told, row={name: value}, label=label)


def refused(number: int, name: str, found: str, *, said: str, label: str = "") -> Case:
    """A cell that is an error; its value is empty."""
    empty = None if name == "amount" else ""
    told = (f"Row 2, {name}: {said}",)
    return Case(number, T.R, one_row(**{name: found}), told=told, row={name: empty}, label=label)


def file_error(
    number: int, content: bytes | str | Callable[[Path], bytes], sentence: str, *, kind: str = "csv", label: str = ""
) -> Case:
    """A file of which nothing is stored."""
    data = content.encode() if isinstance(content, str) else content
    return Case(number, T.F, data, told=(sentence,), kind=kind, label=label)
