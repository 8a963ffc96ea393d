"""Counting differences: several lanes at once, and a database that goes away."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from allocations.enkash.contract.shapes import Call, Difference, Found
from allocations.gateway.contract_watch import ContractWatch
from allocations.models import ContractDifference
from tests.at_once import together

NOW = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
NEWS = Found(Call.BULK, Difference.UNKNOWN_FIELD, "payload.loyaltytier")
BREAKS = Found(Call.BULK, Difference.MISSING_FIELD, "payload.totalCount", breaking=True)


@pytest.mark.django_db(transaction=True)
def test_lanes_that_see_the_same_at_once_count_each_answer() -> None:
    """On PostgreSQL really at once; whoever comes second finds the line that the first one made."""
    lanes, times = (8, 5) if connection.vendor == "postgresql" else (2, 5)

    def lane() -> None:
        watch = ContractWatch(clock=lambda: NOW)
        for _ in range(times):
            watch.count((NEWS, BREAKS))

    together(*[lane] * lanes)
    assert list(ContractDifference.objects.values_list("count", flat=True)) == [lanes * times] * 2


@pytest.mark.django_db
def test_first_and_last_seen_do_not_go_back() -> None:
    later = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)
    for at in (NOW, later, NOW):
        ContractWatch(clock=lambda at=at: at).count((NEWS,))
    one = ContractDifference.objects.get()
    assert (one.first_seen, one.last_seen, one.count) == (NOW, later, 3)


@pytest.mark.django_db
def test_only_what_is_open_or_mended_breaks() -> None:
    watch = ContractWatch(clock=lambda: NOW)
    assert watch.breaking((NEWS, BREAKS)) == (BREAKS,)
    watch.count((BREAKS,))
    assert watch.breaking((BREAKS,)) == (BREAKS,)
