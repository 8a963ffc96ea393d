from datetime import UTC, datetime
from decimal import Decimal

import pytest

from allocations.domain.gifts import Standing, financial_year, near_from, percent, standing


@pytest.mark.parametrize(
    ("net", "expected", "share"),
    [
        ("-200", Standing.BELOW, -4),
        ("3999.99", Standing.BELOW, 79),
        ("4000", Standing.NEAR, 80),
        ("5000", Standing.NEAR, 100),
        ("5000.01", Standing.ABOVE, 100),
        ("12500", Standing.ABOVE, 250),
    ],
)
def test_who_is_near_and_who_is_above(net: str, expected: Standing, share: int) -> None:
    assert (standing(Decimal(net), limit=5_000), percent(Decimal(net), limit=5_000)) == (expected, share)


def test_without_a_limit_nobody_is_near() -> None:
    assert (standing(Decimal(9_999), limit=0), percent(Decimal(9_999), limit=0)) == (Standing.BELOW, 0)


def test_near_is_a_share_of_any_limit() -> None:
    assert (near_from(5_000), near_from(1)) == (Decimal(4_000), Decimal("0.8"))


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 3, 31, 18, 29, 59, 999_999, tzinfo=UTC), 2025),
        (datetime(2026, 3, 31, 18, 30, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 18, 30, tzinfo=UTC), 2026),
        (datetime(2027, 2, 28, tzinfo=UTC), 2026),
    ],
)
def test_a_financial_year_is_that_of_india(at: datetime, year: int) -> None:
    assert financial_year(at) == year
