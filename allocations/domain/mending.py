"""Cells mended by people: their row goes through the cleaning of the import again, and what the file had is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from allocations.domain.batches import ListCheck
from allocations.domain.cells import FIELDS, Cell, CleanRow, OddCell, OddKind, RowLimits
from allocations.domain.client_references import reference_key
from allocations.domain.emails import email_key
from allocations.domain.errors import InvalidInput
from allocations.domain.problems import Problem, Severity
from allocations.domain.row_limits import PERSON_MONTH
from allocations.domain.rows import clean_row

# A record that does not fit its header: nobody can tell which cells are meant.
RAGGED = frozenset({"row_too_short", "row_too_long"})
_PERSON = frozenset(
    {"same_mobile_other_email", "same_mobile_other_name", "same_person_and_amount", "same_person_other_amount"}
)
_EMAIL = frozenset({"same_email_other_mobile"})
_REFERENCE = frozenset({"reference_twice", "reference_nearly_twice"})
# Found of rows that share somebody or a reference with each other.
SHARED = _PERSON | _EMAIL | _REFERENCE | {PERSON_MONTH}
_ODD = frozenset(OddKind)


@dataclass(frozen=True, slots=True)
class StoredRow:
    """`raw`: what the file had where that is not the value. `cells`: domain.forensics. `edits`: texts typed here."""

    values: CleanRow
    raw: Mapping[str, str]
    cells: Mapping[str, Sequence[str]]
    edits: Mapping[str, str]

    def in_file(self, field: str) -> str:
        return self.raw.get(field, _text(self.values, field))

    def text(self, field: str) -> str:
        """What the value of the cell was made from: typed here, else found in the file."""
        return self.edits.get(field, self.in_file(field))

    def is_odd(self, field: str) -> bool:
        """The file's cell was no text and no number, so its text alone is not what it was."""
        return field in self.cells and self.cells[field][0] in _ODD

    def is_as_in_file(self, field: str, text: str) -> bool:
        """Whether typing this text puts the file's cell back."""
        return text == self.in_file(field) and not self.is_odd(field)


@dataclass(frozen=True, slots=True)
class MendedRow:
    values: CleanRow
    problems: tuple[Problem, ...]
    raw: dict[str, str]
    edits: dict[str, str]


def mend(row: StoredRow, field: str, text: str | None, *, limits: RowLimits) -> MendedRow:
    """The row with another text in one cell; `text` None puts the file's cell back.

    Raises InvalidInput for a text that the import would refuse as well, and for one that changes nothing.
    """
    if text is not None and row.is_as_in_file(field, text):
        text = None
    if text == row.edits.get(field):
        raise InvalidInput("Nothing was changed: this is what the cell has already.")
    mended = retype(row, {field: text}, limits=limits)
    if text is not None:
        _check_own(field, mended.problems)
    return mended


def retype(row: StoredRow, texts: Mapping[str, str | None], *, limits: RowLimits) -> MendedRow:
    """The row with other texts in some cells. One that has errors is kept with them, as a corrected file's would be."""
    edits = {name: typed for name, typed in row.edits.items() if name not in texts}
    new = ((field, text) for field, text in texts.items() if text is not None)
    edits |= {field: text for field, text in new if not row.is_as_in_file(field, text)}
    values, problems = clean_row([_cell(row, name, edits) for name in FIELDS], limits=limits)
    raw = {name: row.in_file(name) for name in FIELDS if name in edits or row.in_file(name) != _text(values, name)}
    return MendedRow(values, problems, raw, edits)


def _check_own(field: str, problems: Sequence[Problem]) -> None:
    for one in problems:
        if one.field == field and one.severity is Severity.ERROR:
            raise InvalidInput(f"Not stored: what you typed {one.message}")


def _cell(row: StoredRow, field: str, edits: Mapping[str, str]) -> Cell:
    if field in edits:
        return edits[field]
    if row.is_odd(field):
        kind, number_format = row.cells[field]
        return OddCell(OddKind(kind), row.in_file(field), number_format)
    return row.in_file(field)


def _text(values: CleanRow, field: str) -> str:
    value = values[FIELDS.index(field)]
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Around:
    """Rows that shared something with a row before or after its change. Of `codes` they have `findings`, no others."""

    numbers: tuple[int, ...]
    codes: frozenset[str]
    findings: tuple[tuple[int, Problem], ...]


def keys(values: CleanRow) -> tuple[str, str, str]:
    """What makes two rows suspicious: one mobile, one e-mail, one reference. "" matches nothing."""
    return values.mobile, email_key(values.email), reference_key(values.client_reference)


def around(changed: Sequence[CleanRow], rows: Mapping[int, CleanRow]) -> Iterator[Around]:
    """`changed`: rows before and after; `rows`: at least every row, by number, that shares a key with one of them."""
    known = {number: keys(rows[number]) for number in sorted(rows)}
    for kind, (wanted, codes) in enumerate(zip(wanted_keys(changed), (_PERSON, _EMAIL, _REFERENCE), strict=True)):
        numbers = [number for number, own in known.items() if own[kind] in wanted]
        check = ListCheck()
        check.add(numbers, [rows[number] for number in numbers])
        findings = tuple(one for one in check.findings() if one[1].code in codes)
        yield Around(tuple(numbers), codes, findings)


def wanted_keys(changed: Sequence[CleanRow]) -> tuple[set[str], set[str], set[str]]:
    """Every mobile, e-mail and reference by which another row can have to do with these."""
    wanted: tuple[set[str], set[str], set[str]] = set(), set(), set()
    for values in changed:
        for some, key in zip(wanted, keys(values), strict=True):
            if key:
                some.add(key)
    return wanted
