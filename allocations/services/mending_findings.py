"""Problems after cells were mended: those of their rows, and of rows that share a person or a reference with them.

All rows of one change are looked at together: a change of thousands costs a few passes over the list, as one cell does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Min, Q, Value
from django.db.models.functions import Lower, Replace

from allocations.domain.batches import ListCheck, looks_rounded, rounded
from allocations.domain.cells import FIELDS, CleanRow
from allocations.domain.mending import Around, around, wanted_keys
from allocations.domain.problems import Problem as Finding
from allocations.domain.states import RowState
from allocations.models import Problem, Row
from allocations.selectors.approval_policies import in_force
from allocations.services.finding_anew import find_anew
from allocations.services.importing_findings import count_problems, people_in_charge, used_before
from allocations.services.importing_rows import write_problems
from allocations.services.planning import store_payload_hashes
from allocations.services.row_limits import around_people, other_amounts
from allocations.services.unusual_amounts import above_history_of, find_above_list_again

# Of the row in its file, whatever its cells hold.
_OF_THE_FILE = ("hidden_row",)
# Values in one statement, well below what SQLite takes.
_BLOCK = 5_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that has its new values, stored or not; those until now; what the cleaning found in the new ones."""

    row: Row
    before: CleanRow
    own: Sequence[Finding]

    @property
    def after(self) -> CleanRow:
        return values_of(self.row)


@dataclass(frozen=True, slots=True)
class Found:
    """`ids`: by number, every row whose problems may be others now. `findings`: the ones that hold, by number."""

    ids: dict[int, int]
    groups: tuple[Around, ...]
    findings: tuple[tuple[int, Finding], ...]


def values_of(row: Row) -> CleanRow:
    return CleanRow._make(getattr(row, name) for name in FIELDS)


def look_again(batch_id: int, changed: Sequence[Changed]) -> Found:
    """What holds once these rows have their new values; changes nothing."""
    values = [one.before for one in changed] + [one.after for one in changed]
    ids, rows = _sharing(batch_id, values)
    for one in changed:
        ids[one.row.number], rows[one.row.number] = one.row.pk, one.after
    terms, people = in_force().terms, wanted_keys(values)[0]
    groups = (*around(values, rows), *around_people(batch_id, terms, rows, people))
    findings = [(one.row.number, finding) for one in changed for finding in one.own]
    findings += other_amounts([one.row for one in changed], terms)
    findings += _of_the_list(batch_id, changed)
    findings += [finding for group in groups for finding in group.findings]
    return Found(ids, groups, tuple(findings))


def find_again(batch_id: int, changed: Sequence[Changed]) -> frozenset[int]:
    """The rows are stored: their problems and those of rows around them are brought up to date.

    Returns the numbers of all these rows.
    """
    found = look_again(batch_id, changed)
    for rows in _blocks([one.row.pk for one in changed]):
        Problem.objects.filter(row__in=rows).exclude(code__in=_OF_THE_FILE).delete()
        # What stays was accepted of other values, too.
        find_anew(Row.objects.filter(pk__in=rows))
    _rewrite(batch_id, found)
    find_above_list_again(batch_id)
    return frozenset(found.ids)


def look_around(batch_id: int, rows: Sequence[CleanRow], *, most: int | None) -> None:
    """Rows left the list or came back: what is found about those that share something with them follows.

    Not where these are more than `most`: they keep what was found.
    """
    if not rows:
        return
    ids, values = _sharing(batch_id, rows, most=most)
    groups = (*around(rows, values), *around_people(batch_id, in_force().terms, values, wanted_keys(rows)[0]))
    _rewrite(batch_id, Found(ids, groups, tuple(finding for group in groups for finding in group.findings)))


def _rewrite(batch_id: int, found: Found) -> None:
    for group in found.groups:
        for rows in _blocks([found.ids[number] for number in group.numbers]):
            Problem.objects.filter(row__in=rows, code__in=group.codes).delete()
    write_problems(batch_id, [(found.ids[number], number, finding) for number, finding in found.findings])
    for rows in _blocks(list(found.ids.values())):
        touched = Row.objects.filter(pk__in=rows)
        count_problems(touched)
        store_payload_hashes(touched)


def _sharing(
    batch_id: int, changed: Sequence[CleanRow], *, most: int | None = None
) -> tuple[dict[int, int], dict[int, CleanRow]]:
    """Ids and values, by row number. A look through the batch a block. Left-out rows have nothing to do with others."""
    mobiles, emails, references = map(list, wanted_keys(changed))
    key = Lower(Replace("client_reference", Value("-"), Value("")))
    every = (
        Row.objects.filter(batch_id=batch_id, state=RowState.PENDING)
        .annotate(key=key, address=Lower("email"))
        .order_by("number")
    )
    ids: dict[int, int] = {}
    values: dict[int, CleanRow] = {}
    for start in range(0, max(map(len, (mobiles, emails, references))), _BLOCK):
        block = slice(start, start + _BLOCK)
        wanted = Q(mobile__in=mobiles[block]) | Q(address__in=emails[block]) | Q(key__in=references[block])
        rows = every.filter(wanted).values_list("pk", "number", *FIELDS)
        for pk, number, *found in rows if most is None else rows[: most + 1]:
            ids[number], values[number] = pk, CleanRow._make(found)
        if most is not None and len(ids) > most:
            return {}, {}
    return ids, values


def _of_the_list(batch_id: int, changed: Sequence[Changed]) -> Iterator[tuple[int, Finding]]:
    """What else only the whole list or earlier batches show about these rows."""
    check = ListCheck()
    check.add([one.row.number for one in changed], [one.after for one in changed])
    yield from check.rows_of(people_in_charge(batch_id))
    yield from _used_references(batch_id, changed)
    yield from above_history_of([(one.row.number, one.row.mobile, one.row.amount) for one in changed])
    # What somebody typed here was rounded by no spreadsheet.
    ends = [one.row for one in changed if one.row.mobile.endswith("0000") and "mobile" not in (one.row.edits or {})]
    if ends:
        mobiles = Row.objects.filter(batch_id=batch_id).exclude(mobile="")
        counts = mobiles.aggregate(known=Count("pk"), ends=Count("pk", filter=Q(mobile__endswith="0000")))
        if looks_rounded(**counts):
            for row in ends:
                yield row.number, rounded(row.mobile, **counts)


def _used_references(batch_id: int, changed: Sequence[Changed]) -> Iterator[tuple[int, Finding]]:
    numbers: dict[str, list[int]] = {}
    for one in changed:
        if one.row.client_reference:
            numbers.setdefault(one.row.client_reference, []).append(one.row.number)
    for references in _blocks(list(numbers)):
        others = Row.objects.filter(client_reference__in=references, client_reference__gt="")
        firsts = others.exclude(batch_id=batch_id).order_by().values("client_reference").annotate(first=Min("pk"))
        for old in Row.objects.filter(pk__in=[found["first"] for found in firsts]):
            for number in numbers[old.client_reference]:
                yield number, used_before(old.batch_id, old.number, old.state)


def _blocks(of: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(of), _BLOCK):
        yield of[start : start + _BLOCK]
