from decimal import Decimal

import pytest

from allocations.models import PersonCount, PersonYear
from allocations.presenters import gift_limit as words
from allocations.presenters.gift_limit import summary
from allocations.selectors import person_years as module
from allocations.selectors.person_years import numbers, people_from
from tests.factories.batches import review_batch
from tests.factories.lists import NOW, RowFactory

pytestmark = pytest.mark.django_db
LEAST = Decimal(4_000)


@pytest.fixture
def people() -> list[PersonYear]:
    """By net points and row, most first; two of them have the same points."""
    batch = review_batch()

    def one(number: int, net: str, year: int = 2026) -> PersonYear:
        points = Decimal(net)
        figures = {"times": 1, "given": points, "reversed": 0, "net": points}
        return PersonYear.objects.create(row=RowFactory(batch=batch, number=number), year=year, **figures)

    made = [one(60, "3999.99"), one(61, "4000"), one(62, "5000"), one(63, "5000"), one(64, "5000.01"), one(65, "9000")]
    one(66, "9000", year=2025)
    return made[::-1]


def test_people_come_by_points_a_page_at_a_time_and_none_is_left_out_or_twice(people) -> None:
    found, after = [], None
    for _ in range(4):
        page = people_from(2026, least=LEAST, after=after, size=2)
        found += page.found
        after = page.after
        if after is None:
            break
    assert (found, after) == (people[:5], None)


def test_those_above_can_be_read_alone(people) -> None:
    assert [*people_from(2026, least=LEAST, more_than=Decimal(5_000)).found] == people[:2]


def test_a_page_counts_no_further_than_it_says(people, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    monkeypatch.setattr(words, "MOST", 1)
    known = numbers(2026, near_from=LEAST, limit=Decimal(5_000))
    assert summary(known.near, known.above) == "Above it: more than 1. Near it: more than 1."


def test_numbers_count_each_once(people) -> None:
    known = numbers(2026, near_from=LEAST, limit=Decimal(5_000))
    assert (known.near, known.above, known.as_of) == (3, 2, None)
    assert summary(known.near, known.above) == "Above it: 2. Near it: 3."
    PersonCount.objects.create(counted_at=NOW)
    assert numbers(2024, near_from=LEAST, limit=Decimal(5_000)).as_of == NOW
