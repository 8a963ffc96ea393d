"""How a policy would have treated the batches that were submitted of late."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from allocations.domain.approval_policies import Asked, Limit, Terms, broken, needed


@dataclass(frozen=True, slots=True)
class Past:
    """A batch that was submitted. `day`: the IST day of its approval; None while nobody approved it. `people`: their
    points by mobile, and `amounts`: all different ones of its rows; None where its rows were not looked at.
    `approved_by`: who did."""

    batch_id: int
    account_id: int
    points: int
    rows: int
    largest: int
    day: date | None
    people: Mapping[str, int] | None = None
    amounts: frozenset[int] | None = None
    approved_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Treated:
    """`group`: of which one approver would have had to be; `without`: it was approved, and by nobody of it."""

    batch_id: int
    approvers: int
    refused: tuple[Limit, ...]
    group: str = ""
    without: bool = False


class _Months:
    """Points of people by IST month."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._sums: dict[tuple[int, int], Counter[str]] = {}

    def are_beyond(self, one: Past) -> bool:
        """Whether somebody would get more than the limit with this batch."""
        if self._limit is None or one.people is None:
            return False
        sums = self._of(one)
        return any(points + sums[mobile] > self._limit for mobile, points in one.people.items())

    def add(self, one: Past) -> None:
        if self._limit is not None:
            self._of(one).update(one.people or {})

    def _of(self, one: Past) -> Counter[str]:
        if one.day is None:
            return Counter()
        return self._sums.setdefault((one.day.year, one.day.month), Counter())


def replay(
    terms: Terms,
    past: Iterable[Past],
    *,
    given: Mapping[tuple[int, date], int],
    members: Mapping[str, frozenset[int]] | None = None,
) -> list[Treated]:
    """`past` in the order of their approvals; `given`: by account and day, what others were approved with; `members`:
    of groups, now. What would have been refused takes nothing of its day, nor of its people's month."""
    sums, months, treated = dict(given), _Months(terms.most_points_person_month), []
    for one in past:
        key = None if one.day is None else (one.account_id, one.day)
        before = sums.get(key, 0) if key else 0
        refused = tuple(broken(terms, Asked(one.points, one.largest, before)))
        if months.are_beyond(one):
            refused += (Limit.PERSON,)
        if terms.allowed_amounts is not None and one.amounts and one.amounts.difference(terms.allowed_amounts):
            refused += (Limit.AMOUNT,)
        if key and not refused:
            sums[key] = before + one.points
            months.add(one)
        asks = needed(terms, points=one.points, rows=one.rows)
        of_group = one.approved_by.intersection((members or {}).get(asks.group, ()))
        without = bool(asks.group and one.approved_by and not of_group)
        treated.append(Treated(one.batch_id, asks.approvers, refused, asks.group, without))
    return treated
