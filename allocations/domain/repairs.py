"""Repairs of many rows at once, each by its name. None guesses: what the file had stays, and no point is added or lost.

Emptying changes no value that would be sent, for a cell with an error has none. Of equal rows one stays as it is.
A sum gives a person exactly the points that their rows gave.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from allocations.domain.cells import REQUIRED, CleanRow
from allocations.domain.emails import email_key

# Repaired together, in one transaction, while a person waits.
MOST_ROWS = 10_000
_TWICE = "same_person_and_amount"
_TWICE_OTHER_POINTS = "same_person_other_amount"
# Errors after which a row can still be compared with another one: its values are what the file has.
_COMPARABLE = frozenset({"reference_twice"})
_CELLS = frozenset(
    {
        "cell_boolean",
        "cell_date",
        "cell_error",
        "cell_formula",
        "cell_merged",
        "cell_too_long",
        "control_characters",
        "direction_marks",
        "email_invalid",
        "line_break",
        "reference_damaged_by_excel",
        "reference_invalid",
        "remarks_too_long",
        "title_unknown",
    }
)


class Kind(StrEnum):
    EMPTY = "empty"
    KEEP_FIRST = "keep-first"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that would be sent. `errors`: (code, field) of each; `warnings`: their codes."""

    number: int
    values: CleanRow
    errors: tuple[tuple[str, str], ...] = ()
    warnings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """What is done and undone as one. `texts`: field -> text for the row `number`; `left_out`: rows that go."""

    number: int
    texts: Mapping[str, str]
    left_out: tuple[int, ...] = ()


def offered(code: str) -> tuple[Kind, ...]:
    """The repairs that a cause of problems can have."""
    if code in _CELLS:
        return (Kind.EMPTY,)
    if code == _TWICE:
        return (Kind.KEEP_FIRST, Kind.SUM)
    return (Kind.SUM,) if code == _TWICE_OTHER_POINTS else ()


def steps(kind: Kind, code: str, rows: Sequence[Candidate], *, max_points: int) -> tuple[Step, ...]:
    """`rows`: by number, every row with the problem; for a sum also every other one that shares a mobile with one."""
    match kind:
        case Kind.EMPTY:
            return tuple(_emptied(code, rows))
        case Kind.KEEP_FIRST:
            return tuple(_first_kept(rows))
        case Kind.SUM:
            return tuple(_added_up(code, rows, max_points=max_points))


def _emptied(code: str, rows: Iterable[Candidate]) -> Iterator[Step]:
    for row in rows:
        texts = {field: "" for found, field in row.errors if found == code and field and field not in REQUIRED}
        if texts:
            yield Step(row.number, texts)


def _first_kept(rows: Iterable[Candidate]) -> Iterator[Step]:
    whole = [row for row in rows if _TWICE in row.warnings and _is_whole(row, but=_COMPARABLE)]
    for first, *others in _grouped((row.values, row) for row in whole):
        if others:
            yield Step(first.number, {}, tuple(row.number for row in others))


def _added_up(code: str, rows: Iterable[Candidate], *, max_points: int) -> Iterator[Step]:
    for group in _grouped((row.values.mobile, row) for row in rows if row.values.mobile):
        first, *others = group
        points = sum(row.values.amount or 0 for row in group)
        alike = len({_person(row.values) for row in group}) == 1
        # All of them, or nobody can say which of the points are meant.
        meant = all(code in row.warnings and _is_whole(row) for row in group)
        if others and alike and meant and points <= max_points:
            yield Step(first.number, {"amount": str(points)}, tuple(row.number for row in others))


def _is_whole(row: Candidate, *, but: Collection[str] = ()) -> bool:
    return row.values.amount is not None and all(code in but for code, _ in row.errors)


def _person(values: CleanRow) -> tuple[str, str]:
    return values.name.casefold(), email_key(values.email)


def _grouped(rows: Iterable[tuple[object, Candidate]]) -> Iterator[list[Candidate]]:
    groups: dict[object, list[Candidate]] = {}
    for key, row in rows:
        groups.setdefault(key, []).append(row)
    yield from groups.values()
