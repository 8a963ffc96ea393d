"""The careful way through a row: every rule, every problem at once."""

from collections.abc import Sequence

from allocations.domain.amounts import clean_amount
from allocations.domain.cells import FIELDS, Cell, CleanRow, OddCell, OddKind, RowLimits
from allocations.domain.client_references import clean_client_reference
from allocations.domain.emails import clean_email
from allocations.domain.mobiles import clean_mobile
from allocations.domain.names import clean_name, clean_remarks, clean_title, is_total
from allocations.domain.problems import Problem, Severity, error
from allocations.domain.texts import is_sheet_error, tidy_code, tidy_words

_WORDS = frozenset({"title", "name", "remarks"})
_MOBILE = FIELDS.index("mobile")


def clean_carefully(cells: Sequence[Cell], *, limits: RowLimits) -> tuple[CleanRow, tuple[Problem, ...]]:
    """As rows.clean_row, without its short cut."""
    values: list[str | int | None] = []
    problems: list[Problem] = []
    for field, cell in zip(FIELDS, cells, strict=True):
        value, found = _clean_cell(field, cell, limits)
        values.append(value)
        problems += found
    if problems and (total := _total_label(cells)):
        sentence = "looks like a total, not a person. Delete the row from the file or leave it out."
        problems = [error("total_row", "name", total, sentence)]
    return CleanRow._make(values), tuple(problems)


def _total_label(cells: Sequence[Cell]) -> str:
    mobile = cells[_MOBILE]
    if not isinstance(mobile, str) or (mobile.strip() and not is_total(mobile)):
        return ""
    return next((cell for cell in cells if isinstance(cell, str) and is_total(cell)), "")


def _clean_cell(field: str, cell: Cell, limits: RowLimits) -> tuple[str | int | None, list[Problem]]:
    empty = None if field == "amount" else ""
    if isinstance(cell, OddCell):
        return empty, [_odd(field, cell)]
    if len(cell) > limits.max_cell:
        sentence = f"is longer than {limits.max_cell} characters ({len(cell)}). Shorten it."
        return empty, [error("cell_too_long", field, cell, sentence)]
    text, problems = (tidy_words if field in _WORDS else tidy_code)(cell, field)
    if problems and any(problem.severity is Severity.ERROR for problem in problems):
        return empty, problems
    if is_sheet_error(text):
        return empty, [_odd(field, OddCell(OddKind.ERROR, text))]
    value, found = _clean_field(field, text, limits)
    return value, [*problems, *found]


def _clean_field(field: str, text: str, limits: RowLimits) -> tuple[str | int | None, list[Problem]]:
    if field == "name":
        return clean_name(text, max_length=limits.max_name)
    if field == "remarks":
        return clean_remarks(text, max_length=limits.max_remarks)
    value, problem = _clean_code(field, text, limits)
    return value, [] if problem is None else [problem]


def _clean_code(field: str, text: str, limits: RowLimits) -> tuple[str | int | None, Problem | None]:
    if field == "mobile":
        return clean_mobile(text)
    if field == "amount":
        return clean_amount(text, max_points=limits.max_points)
    if field == "email":
        return clean_email(text)
    if field == "title":
        return clean_title(text)
    return clean_client_reference(text, max_length=limits.max_reference)


def _odd(field: str, cell: OddCell) -> Problem:
    expected = "number" if field in {"mobile", "amount"} else "text"
    match cell.kind:
        case OddKind.FORMULA:
            sentence = "contains a formula. Paste values only."
        case OddKind.ERROR:
            sentence = f"contains the Excel error {cell.text}. Correct it in the workbook."
        case OddKind.BOOLEAN:
            sentence = f"contains {cell.text}; expected {expected}."
        case OddKind.DATE:
            sentence = f"is a date ({cell.text}); expected a {expected}."
        case OddKind.MERGED:
            sentence = "is part of a merged cell; unmerge it."
    return error(f"cell_{cell.kind}", field, cell.text, sentence)
