"""What goes into the cleaning of a row and what comes out."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

FIELDS = ("title", "name", "email", "mobile", "amount", "remarks", "client_reference")
# What stands over a field's column in everything that goes out, and is recognised in what comes in.
HEADERS = {
    "title": "Title",
    "name": "Name",
    "email": "Email",
    "mobile": "Mobile",
    "amount": "Amount",
    "remarks": "Remarks",
    "client_reference": "Reference",
}
REQUIRED = ("name", "mobile", "amount")


# Below it Excel holds every digit of a whole number.
EXACT = 1e15


class OddKind(StrEnum):
    """Cells of a workbook that hold no text and no number."""

    FORMULA = "formula"
    ERROR = "error"
    BOOLEAN = "boolean"
    DATE = "date"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class OddCell:
    """`text` is what a person sees in the cell; `number_format` is Excel's, "" for General."""

    kind: OddKind
    text: str
    number_format: str = ""


class NumberCell(str):  # noqa: SLOT000 - most numbers are General and never get a dictionary
    """A number of a workbook as text with all its digits, whatever Excel shows."""

    number_format: str = ""


# Text of any kind is a str, so a list from CSV never pays for what workbooks have.
Cell = str | OddCell


class CleanRow(NamedTuple):
    """One recipient line in the order of FIELDS. A value with an error is empty (amount: None).

    A named tuple, not a dataclass: a million of them are made in an import and each goes straight into COPY.
    """

    title: str
    name: str
    email: str
    mobile: str
    amount: int | None
    remarks: str
    client_reference: str


@dataclass(frozen=True, slots=True)
class RowLimits:
    """Settings of the installation. Points per person and row; lengths in characters."""

    max_points: int
    max_name: int = 100
    max_remarks: int = 500
    max_reference: int = 30
    max_cell: int = 1000
