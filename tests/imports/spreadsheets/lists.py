"""What the lists hold that LibreOffice saves for the tests. Nobody in them exists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Number:
    """A number under a format of its own: "scientific", "grouped" or "rupees"."""

    number: float
    style: str


@dataclass(frozen=True)
class Formula:
    """As OpenDocument writes it, `=[.C2]*2`; LibreOffice calculates and stores the value."""

    text: str


@dataclass(frozen=True)
class Text:
    """Typed into a cell that was set to text before."""

    text: str


@dataclass(frozen=True)
class Table:
    """`merged`: how many rows the cell at (row from 1, column from 0) spans; the covered cells are None."""

    rows: Sequence[Sequence[object]]
    name: str = "People"
    state: str = "shown"
    hidden_rows: frozenset[int] = frozenset()
    filtered_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: Mapping[tuple[int, int], int] = field(default_factory=dict)


HEADER = ["Name", "Mobile", "Amount"]
ASHA, RAVI = ["Asha Rao", 9812345671, 100], ["Ravi Iyer", 9812345672, 250]
LISTS = {
    "people": [
        Table(
            [
                HEADER,
                ["आशा राव", 9812345671, 100],
                ["ரவி ஐயர்", Text("09812345672"), Text("250")],
                ["Zoë “Zo” D’Souza", Text("+91 98123 45673"), Number(100000, "grouped")],
                ["Asha, R.", "9812345674", Number(75, "rupees")],
            ]
        )
    ],
    "shortened": [
        Table([HEADER, ["Asha Rao", Number(9812345671, "scientific"), 100], ["Ravi Iyer", 9812345672.0, 100.5]])
    ],
    "odd_cells": [
        Table(
            [
                HEADER,
                ["Asha Rao", 9812345671, Formula("=50+50")],
                ["Ravi Iyer", 9812345672, Formula("=NA()")],
                ["Zoya Khan", date(2026, 1, 2), date(2026, 1, 3)],
                ["Mary Paul", 9812345674, True],
                [Formula('="Ka"&"ran"'), 9812345675, Formula("=1/0")],
                ["Total", None, Formula("=SUM([.C2:.C6])")],
                [Formula("=VLOOKUP(7;[.B2:.C3];2;0)"), 9812345676, 10],
            ]
        )
    ],
    "merged": [
        Table([HEADER, ASHA, ["Ravi Iyer", 9812345672, None], ["Zoya Khan", 9812345673, 5]], merged={(2, 2): 2})
    ],
    "hidden": [
        Table(
            [HEADER, ASHA, RAVI, ["Zoya Khan", 9812345673, 5]],
            hidden_rows=frozenset({3}),
            filtered_rows=frozenset({4}),
            hidden_columns=frozenset({1}),
        ),
        Table([HEADER, RAVI], name="Last year", state="hidden"),
    ],
    "two_sheets": [Table([HEADER, ASHA], name="अक्टूबर"), Table([HEADER, RAVI], name="November")],
    "titled": [Table([["Diwali 2026", None, None], [None, None, None], HEADER, ASHA])],
    "references": [Table([[*HEADER, "Reference"], [*ASHA, 1234567890123456789], [*RAVI, Text("1234567890123456789")]])],
}
# A list, and the options of the dialog that saves CSV: delimiter, quote, encoding (76 UTF-8, 65535 UTF-16, 1
# Windows-1252), first line, formats, language, all text quoted, numbers as shown.
CSVS = {
    "utf_8": ("people", "44,34,76,1,,0,false,true"),
    "utf_8_semicolon": ("people", "59,34,76,1,,0,true,true"),
    "utf_16_tab": ("people", "9,34,65535,1,,0,false,true"),
    "windows_1252": ("people", "44,34,1,1,,0,false,true"),
    "shortened": ("shortened", "44,34,76,1,,0,false,true"),
    "odd_cells": ("odd_cells", "44,34,76,1,,0,false,true"),
}
