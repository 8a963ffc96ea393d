from datetime import UTC, datetime
from decimal import Decimal

import pytest

from allocations.presenters.persons import Meter, meter, year_lines
from allocations.presenters.times import year_start
from allocations.selectors.persons import Year

NOW = datetime(2026, 11, 26, tzinfo=UTC)
THIS, LAST = year_start(NOW), year_start(datetime(2025, 11, 26, tzinfo=UTC))


def year(start, given, back=0):
    return Year(start, 1, Decimal(given), Decimal(back))


def test_years_are_named_from_april_to_march():
    assert [line.name for line in year_lines([year(THIS, 5), year(LAST, 7)])] == ["FY 2026-27", "FY 2025-26"]


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([], Meter(0, 5000, "0 points of 5,000 points in FY 2026-27: 5,000 points left", is_over=False)),
        (
            [year(THIS, 4700, 500), year(LAST, 9000)],
            Meter(4200, 5000, "4,200 points of 5,000 points in FY 2026-27: 800 points left", is_over=False),
        ),
        ([year(THIS, 5000)], Meter(5000, 5000, "5,000 points of 5,000 points in FY 2026-27: 0 points left", False)),
        (
            [year(THIS, 5001)],
            Meter(5001, 5000, "5,001 points of 5,000 points in FY 2026-27: 1 point over the limit", is_over=True),
        ),
    ],
)
def test_the_meter_says_how_near_the_limit_is(years, expected):
    assert meter(years, now=NOW, limit=5000) == expected


def test_without_a_limit_there_is_no_meter():
    assert meter([year(THIS, 5001)], now=NOW, limit=0) is None
