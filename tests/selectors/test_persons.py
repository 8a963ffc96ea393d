from datetime import UTC, datetime
from decimal import Decimal

import pytest

from allocations.domain.states import RowState
from allocations.presenters.times import year_start
from allocations.selectors.persons import Year, person_rows, years_of
from tests.factories.batches import review_batch
from tests.factories.lists import RowFactory
from tests.factories.reversals import reversal_in

pytestmark = pytest.mark.django_db
MOBILE = "9876500011"
APRIL = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)  # 1 April 2026 in India


def credited(points, at, number=60):
    known = {"state": RowState.CREDITED, "evidence": "answer", "credited_amount": points, "outcome_at": at}
    return RowFactory(batch=review_batch(), number=number, mobile=MOBILE, **known)


def test_years_are_those_of_india_and_count_what_went_in_its_own_year():
    credited(700, datetime(2026, 3, 31, 18, 29, tzinfo=UTC))
    row = credited(500, APRIL)
    reversal_in("reversed", row=row, amount=200, outcome_at=datetime(2027, 4, 2, tzinfo=UTC))
    assert years_of(MOBILE, year_start=year_start) == [
        Year(datetime(2027, 3, 31, 18, 30, tzinfo=UTC), 0, Decimal(0), Decimal(200)),
        Year(APRIL, 1, Decimal(500), Decimal(0)),
        Year(datetime(2025, 3, 31, 18, 30, tzinfo=UTC), 1, Decimal(700), Decimal(0)),
    ]


def test_only_credited_rows_count():
    batch = review_batch()
    RowFactory(batch=batch, number=60, mobile=MOBILE, state=RowState.LEFT_OUT)
    assert (years_of(MOBILE, year_start=year_start), len(person_rows(MOBILE).rows)) == ([], 1)


def test_rows_come_newest_first_a_page_at_a_time():
    batch = review_batch()
    made = [RowFactory(batch=batch, number=number, mobile=MOBILE) for number in (60, 61, 62)]
    first = person_rows(MOBILE, size=2)
    last = person_rows(MOBILE, size=2, before=first.before)
    assert ([*first.rows], [*last.rows], last.before) == (made[:0:-1], made[:1], None)
