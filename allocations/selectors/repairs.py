"""Rows that a repair can be about, and the repairs that a list has had."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from allocations.domain.cells import FIELDS, CleanRow
from allocations.domain.mending import RAGGED
from allocations.domain.problems import Severity
from allocations.domain.repairs import Candidate, Kind
from allocations.domain.states import RowState
from allocations.models import Problem, Repair, Row

_BLOCK = 5_000


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows that a repair looks at, by number, and how many of them have the problem."""

    rows: dict[int, Row]
    candidates: tuple[Candidate, ...]
    having: int


def reach_of(batch_id: int, kind: Kind, code: str, *, most: int) -> Reach | None:
    """None where more than `most` rows have the problem, or twice as many are to be looked at."""
    having = set(
        Problem.objects.filter(batch_id=batch_id, code=code, row__state=RowState.PENDING)
        .order_by()
        .values_list("row", flat=True)
        .distinct()[: most + 1]
    )
    if len(having) > most:
        return None
    keys = having if kind is not Kind.SUM else having | _sharing_mobiles(batch_id, having, most=most)
    if len(keys) > 2 * most:
        return None
    rows = {row.number: row for row in _with_problems(batch_id, sorted(keys))}
    ordered = {number: rows[number] for number in sorted(rows)}
    return Reach(ordered, tuple(map(_candidate, ordered.values())), len(having))


def repairs_of(batch_id: int) -> QuerySet[Repair]:
    """Newest first."""
    return Repair.objects.filter(batch_id=batch_id).select_related("made_by").defer("steps")


def _sharing_mobiles(batch_id: int, having: set[int], *, most: int) -> set[int]:
    rows = Row.objects.filter(batch_id=batch_id, state=RowState.PENDING)
    keys: set[int] = set()
    for block in _blocks(sorted(having)):
        mobiles = Row.objects.filter(pk__in=block).exclude(mobile="").values("mobile")
        keys |= set(rows.filter(mobile__in=mobiles).values_list("pk", flat=True)[: 2 * most + 1])
    return keys


def _with_problems(batch_id: int, keys: Sequence[int]) -> list[Row]:
    """Without those whose cells may stand in wrong columns."""
    problems = Prefetch("problems", queryset=Problem.objects.order_by("id"))
    found: list[Row] = []
    for block in _blocks(keys):
        ragged = Problem.objects.filter(batch_id=batch_id, row__in=block, code__in=RAGGED).values("row")
        found += Row.objects.filter(pk__in=block).exclude(pk__in=ragged).prefetch_related(problems)
    return found


def _candidate(row: Row) -> Candidate:
    problems = list(row.problems.all())
    return Candidate(
        number=row.number,
        values=CleanRow._make(getattr(row, name) for name in FIELDS),
        errors=tuple((one.code, one.field) for one in problems if one.severity == Severity.ERROR),
        warnings=frozenset(one.code for one in problems if one.severity != Severity.ERROR),
    )


def _blocks(keys: Sequence[int]) -> list[Sequence[int]]:
    return [keys[start : start + _BLOCK] for start in range(0, len(keys), _BLOCK)]
