"""Problems after a cell was mended: those of its row, and of rows that share a person or a reference with it."""

from collections.abc import Iterator, Sequence

from django.db.models import Count, F, Q, Value
from django.db.models.functions import Lower, Replace

from allocations.domain.batches import ListCheck, looks_rounded, rounded
from allocations.domain.cells import FIELDS, CleanRow
from allocations.domain.manifest import payload_hash
from allocations.domain.mending import Around, around, keys
from allocations.domain.problems import Problem as Finding
from allocations.models import Problem, Row
from allocations.services.importing_findings import count_problems, people_in_charge, used_before
from allocations.services.importing_rows import write_problems
from allocations.services.planning import payload_of
from allocations.services.unusual_amounts import above_history_of, find_above_list_again

# Of the row in its file, whatever its cells hold.
_OF_THE_FILE = ("hidden_row",)


def find_again(row: Row, *, before: CleanRow, own: Sequence[Finding]) -> None:
    """`own`: what the cleaning found in the stored row; `before`: its values until now."""
    after = CleanRow._make(getattr(row, name) for name in FIELDS)
    ids, rows = _sharing(row.batch_id, (before, after))
    Problem.objects.filter(row=row).exclude(code__in=_OF_THE_FILE).delete()
    found = [(row.number, one) for one in (*own, *_of_the_list(row, after))]
    for one in around((before, after), rows):
        _forget(ids, one)
        found += one.findings
    ids[row.number] = row.pk
    write_problems(row.batch_id, [(ids[number], number, finding) for number, finding in found])
    touched = Row.objects.filter(pk__in=ids.values())
    count_problems(touched)
    _fingerprint(list(touched.filter(error_count=0, payload_hash="", amount__isnull=False)))
    find_above_list_again(row.batch_id)


def _sharing(batch_id: int, changed: Sequence[CleanRow]) -> tuple[dict[int, int], dict[int, CleanRow]]:
    """Ids and values, by row number. One look through the batch; left-out rows count as they do in the import."""
    wanted = Q()
    for mobile, email, reference in map(keys, changed):
        wanted |= Q(mobile=mobile, mobile__gt="") | Q(email__iexact=email, email__gt="")
        wanted |= Q(key=reference, client_reference__gt="")
    key = Lower(Replace(F("client_reference"), Value("-"), Value("")))
    rows = Row.objects.filter(batch_id=batch_id).annotate(key=key).filter(wanted).order_by("number")
    ids, values = {}, {}
    for pk, number, *found in rows.values_list("pk", "number", *FIELDS):
        ids[number], values[number] = pk, CleanRow._make(found)
    return ids, values


def _forget(ids: dict[int, int], group: Around) -> None:
    rows = [ids[number] for number in group.numbers]
    Problem.objects.filter(row__in=rows, code__in=group.codes).delete()


def _of_the_list(row: Row, values: CleanRow) -> Iterator[Finding]:
    """What else only the whole list or earlier batches show about this row."""
    check = ListCheck()
    check.add([row.number], [values])
    for _, finding in check.rows_of(people_in_charge(row.batch_id)):
        yield finding
    if row.client_reference:
        earlier = Row.objects.filter(client_reference=row.client_reference).exclude(batch_id=row.batch_id)
        for old in earlier.order_by("pk")[:1]:
            yield used_before(old.batch_id, old.number, old.state)
    for _, finding in above_history_of(row.batch_id, first=row.number, last=row.number):
        yield finding
    # What somebody typed here was rounded by no spreadsheet.
    if row.mobile.endswith("0000") and "mobile" not in (row.edits or {}):
        yield from _rounded(row)


def _rounded(row: Row) -> Iterator[Finding]:
    mobiles = Row.objects.filter(batch_id=row.batch_id).exclude(mobile="")
    counts = mobiles.aggregate(known=Count("pk"), ends=Count("pk", filter=Q(mobile__endswith="0000")))
    if looks_rounded(**counts):
        yield rounded(row.mobile, **counts)


def _fingerprint(rows: list[Row]) -> None:
    for row in rows:
        row.payload_hash = payload_hash(payload_of(row))
    Row.objects.bulk_update(rows, ["payload_hash"], batch_size=500)
