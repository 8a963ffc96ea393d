"""Rows beyond the approval policy: marked when a list is read, mended or submitted, refused when it is approved."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.db import transaction

from allocations.domain.approval_policies import Terms
from allocations.domain.cells import CleanRow
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.mending import Around
from allocations.domain.policy import Actor, check_edit
from allocations.domain.problems import Problem as Finding
from allocations.domain.row_limits import PERSON_MONTH, ROW_LIMITS, month_name, not_allowed, refusal, rows_above_month
from allocations.domain.states import BatchState, RowState
from allocations.gateway import database_now
from allocations.models import Batch, Problem, Row
from allocations.selectors import row_limits as reads
from allocations.selectors.approval_policies import in_force
from allocations.selectors.approvals import facts_of
from allocations.services.batches import count_rows
from allocations.services.importing_findings import count_problems
from allocations.services.importing_rows import write_problems
from allocations.services.locks import locked_batch, one_approval_at_a_time
from allocations.services.planning import store_payload_hashes

T = TypeVar("T")
_BLOCK = 5_000
_NAMED = 3


class BeyondRowLimits(InvalidInput):
    """Not submitted because of single rows."""


def findings(batch_id: int, terms: Terms, *, at: datetime) -> Iterator[tuple[int, Finding]]:
    """Of a whole stored list, by row number; `at` says which month. Asks nothing where the policy has no such rule."""
    if terms.allowed_amounts is not None:
        yield from reads.findings_of_amounts(batch_id, terms.allowed_amounts)
    if terms.most_points_person_month is not None:
        yield from reads.findings_above_month(batch_id, limit=terms.most_points_person_month, at=at)


def findings_of_a_list(batch_id: int) -> Iterator[tuple[int, Finding]]:
    """The same under the policy in force, for the month of now: nobody knows yet when the list will be approved."""
    yield from findings(batch_id, in_force().terms, at=database_now())


def other_amounts(rows: Collection[Row], terms: Terms) -> Iterator[tuple[int, Finding]]:
    """Of some rows, stored or not."""
    allowed = terms.allowed_amounts
    for row in rows if allowed else ():
        if row.amount and allowed and row.amount not in allowed:
            yield row.number, not_allowed(row.amount, allowed)


def around_people(
    batch_id: int, terms: Terms, rows: Mapping[int, CleanRow], mobiles: Collection[str]
) -> Iterator[Around]:
    """What holds of the month's limit for these people. `rows`: at least every row of theirs, by number."""
    limit = terms.most_points_person_month
    if limit is None or not mobiles:
        return
    now = database_now()
    given: dict[str, int] = {}
    for people in _blocks(sorted(mobiles)):
        given |= reads.given_in_month(people, batch_id=batch_id, at=now)
    theirs = [(number, row.mobile, row.amount) for number, row in rows.items() if row.mobile in mobiles]
    found = rows_above_month(theirs, given=given, limit=limit, month=month_name(now))
    yield Around(tuple(number for number, _, _ in theirs), frozenset({PERSON_MONTH}), tuple(found))


# Once more ------------------------------------------------------------------------------------------------------------


def look_at_limits_again(actor: Actor, *, batch_id: int) -> int:
    """Marks the rows that are beyond the policy of now, and no others; returns how many there are. The list itself
    stays as it is, so nobody counts among its makers for it."""
    with transaction.atomic():
        check_edit(actor, facts_of(locked_batch(batch_id)))
        return _mark(batch_id)


def mark_again(batch_id: int) -> None:
    """What the review shows from now on. Rows that a submission was decided on stay."""
    with transaction.atomic():
        if locked_batch(batch_id).state == BatchState.REVIEW:
            _mark(batch_id)


def _mark(batch_id: int) -> int:
    terms, now = in_force().terms, database_now()
    _unmark(batch_id)
    rest, marked = findings(batch_id, terms, at=now), set()
    while block := list(islice(rest, _BLOCK)):
        numbers = {number for number, _ in block}
        ids = dict(Row.objects.filter(batch_id=batch_id, number__in=numbers).values_list("number", "pk"))
        write_problems(batch_id, [(ids[number], number, finding) for number, finding in block])
        count_problems(Row.objects.filter(pk__in=ids.values()))
        marked |= numbers
    count_rows(Batch.objects.get(pk=batch_id))
    return len(marked)


def _unmark(batch_id: int) -> bool:
    """Whether there was anything to take away."""
    marked = Problem.objects.filter(batch_id=batch_id, severity="error", code__in=ROW_LIMITS)
    rows = sorted(set(marked.filter(row__state=RowState.PENDING).values_list("row_id", flat=True)))
    for ids in _blocks(rows):
        marked.filter(row__in=ids).delete()
        count_problems(Row.objects.filter(pk__in=ids))
        store_payload_hashes(Row.objects.filter(pk__in=ids))
    return bool(rows)


def settle_row_limits(batch: Batch, terms: Terms, *, now: datetime) -> None:
    """In the transaction of the submission: raises BeyondRowLimits for the month of now. Marks that hold no more go."""
    if batch.error_rows and _unmark(batch.pk):
        count_rows(batch)
    rest = findings(batch.pk, terms, at=now)
    if found := list(islice(rest, _NAMED)):
        others = {number for number, _ in rest} - {number for number, _ in found}
        said = refusal(found, more=len(others))
        raise BeyondRowLimits(f"{said} Every such row is marked in the list now.")


# Approved -------------------------------------------------------------------------------------------------------------


def check_approved_people(batch: Batch, terms: Terms, *, now: datetime) -> None:
    """Raises StateConflict for people whom an approval of now would bring above the limit of this month.

    Of two approvals in the same moment the second one counts what the first has approved. Amounts are not looked at
    again: they were at submission, under this same policy, and are frozen since.
    """
    if terms.most_points_person_month is None:
        return
    one_approval_at_a_time()
    if sentence := against_people(batch, terms, now=now):
        raise StateConflict(sentence)


def against_people(batch: Batch, terms: Terms, *, now: datetime) -> str:
    """What keeps the batch from being approved now; "" for nothing."""
    said = _above(batch.pk, terms, at=now)
    return said and (
        f"{said} Send the batch back, so that its maker corrects these rows or leaves them out, or approve it in "
        "another month."
    )


def check_rerun_people(batch: Batch, *, terms: Terms) -> None:
    """Failed rows are pending again in this transaction: raises StateConflict where others took their place meanwhile.

    They count in the month of the batch's approval, which has counted them once: nobody is refused for what the batch
    itself gives, whatever the policy says by now.
    """
    if terms.most_points_person_month is None or batch.approved_at is None:
        return
    one_approval_at_a_time()
    if said := _above(batch.pk, terms, at=batch.approved_at, least=1):
        raise StateConflict(
            f"Nothing is run again: other batches gave these people points since. {said} Give the points with a new "
            "list in another month instead."
        )


def _above(batch_id: int, terms: Terms, *, at: datetime, least: int = 0) -> str:
    limit = terms.most_points_person_month
    if limit is None:
        return ""
    found = reads.first_above(batch_id, limit=limit, at=at, least=least, most=_NAMED)
    month = month_name(at)
    said = [(one.number, one.finding(limit=limit, month=month)) for one in found]
    return refusal(said, more=found[0].rows - len(found)) if found else ""


def _blocks(of: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(of), _BLOCK):
        yield of[start : start + _BLOCK]
