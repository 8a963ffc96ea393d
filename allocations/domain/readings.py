"""How a list is read where only a person can say it: what they choose, and what they have to confirm."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from allocations.domain.cells import FIELDS, REQUIRED
from allocations.domain.errors import InvalidInput
from allocations.domain.files import FileRefused
from allocations.domain.problems import quoted


@dataclass(frozen=True, slots=True)
class Choice:
    """`sheet` "" is the only list of a workbook. `header_row` is the header's number in the file."""

    sheet: str = ""
    header_row: int = 1


@dataclass(frozen=True, slots=True)
class SheetOffer:
    """A sheet that may hold the list; `rows` counts its header."""

    name: str
    rows: int


class ChoiceNeeded(FileRefused):
    """The list could be one of several, or begin further down: nothing is stored until somebody says which."""

    def __init__(self, sentence: str, *, sheets: Iterable[SheetOffer] = (), header_row: int = 0) -> None:
        super().__init__(sentence)
        self.sheets = tuple(sheets)
        self.header_row = header_row

    @property
    def offers(self) -> dict[str, Any]:
        """As stored on the upload."""
        if self.sheets:
            return {"sheets": [asdict(sheet) for sheet in self.sheets]}
        return {"header_row": self.header_row}


@dataclass(frozen=True, slots=True)
class Question:
    """Something about the file that a maker confirms before the list goes on; `shown` helps them to judge."""

    code: str
    sentence: str
    shown: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        return {"code": self.code, "sentence": self.sentence, "shown": list(self.shown), "confirmed_by": None}


def open_questions(stored: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those that nobody has confirmed."""
    return [question for question in stored if question["confirmed_by"] is None]


def check_confirmed(stored: Iterable[Mapping[str, Any]]) -> None:
    """Raise the first question that is open."""
    for question in open_questions(stored):
        raise InvalidInput(f"Not confirmed yet: {question['sentence']} Confirm it, or upload another list.")


def check_columns(columns: Mapping[str, int], *, width: int) -> None:
    """Raise InvalidInput for a choice of columns (field -> index from 0) that a list of `width` columns has not."""
    if unknown := sorted(set(columns) - set(FIELDS)):
        raise InvalidInput(f"There is no field “{quoted(unknown[0])}”. Fields are {', '.join(FIELDS)}.")
    if any(not 0 <= index < width for index in columns.values()):
        raise InvalidInput(f"The list has {width} columns, counted from 0. Choose each field's among them.")
    if len(set(columns.values())) < len(columns):
        raise InvalidInput("One column is chosen for two fields. Choose each column once.")
    if missing := [field for field in REQUIRED if field not in columns]:
        raise InvalidInput(f"No column is {' or '.join(missing)}. Choose one for each.")


def check_offered(offers: Mapping[str, Any], choice: Choice) -> None:
    """Raise InvalidInput for a choice that the list did not offer."""
    names = {sheet["name"] for sheet in offers.get("sheets", ())}
    if names and choice.sheet not in names:
        raise InvalidInput("The workbook has no such sheet. Choose one of the list.")
    if not names and choice.header_row != offers.get("header_row"):
        raise InvalidInput("This list does not offer that. Open its page again.")
