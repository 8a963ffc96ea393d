from datetime import UTC, datetime
from decimal import Decimal

import pytest

from allocations.models import Run
from allocations.selectors.home import given_since
from allocations.selectors.reports import (
    Given,
    Month,
    Period,
    failures,
    given_by_account,
    given_by_month,
    given_by_programme,
    reconciled_runs,
)
from allocations.selectors.runs import Cause
from allocations.selectors.totals import batch_totals
from tests.factories.batches import approved_batch
from tests.factories.lists import NOW, AccountFactory
from tests.factories.reversals import reversal_in

pytestmark = pytest.mark.django_db
YEAR = Period(since=datetime(2026, 3, 31, 18, 30, tzinfo=UTC), until=datetime(2027, 3, 31, 18, 30, tzinfo=UTC))
NOVEMBER = datetime(2026, 10, 31, 18, 30, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)


def began(batch, at):
    Run.objects.filter(batch=batch).update(started_at=at)


def test_months_are_those_of_india():
    began(approved_batch(credited=2, failed=1), DECEMBER)
    batch = approved_batch(credited=1)
    reversal_in("reversed", row=batch.rows.get(), amount=200, outcome_at=DECEMBER)
    assert given_by_month(YEAR) == [
        Month(NOVEMBER, 1, Decimal(500), 0, 0),
        Month(DECEMBER, 2, Decimal(1000), 1, 200),
    ]


def test_points_that_come_back_in_a_month_without_runs_are_shown():
    reversal_in("reversed", row=approved_batch(credited=1).rows.get(), amount=200, outcome_at=DECEMBER)
    Run.objects.update(started_at=datetime(2025, 1, 1, tzinfo=UTC))
    [month] = given_by_month(YEAR)
    assert (month, month.net) == (Month(DECEMBER, 0, Decimal(0), 0, 200), Decimal(-200))


def test_a_period_ends_before_its_last_instant():
    began(approved_batch(credited=1), YEAR.until)
    assert (given_by_month(YEAR), given_by_programme(YEAR)) == ([], [])


def test_programmes_and_accounts_come_with_most_points_first():
    small, large = approved_batch(credited=1), approved_batch(credited=3, failed=1)
    type(small).objects.filter(pk=small.pk).update(purpose="Onam 2026")
    assert given_by_programme(YEAR) == [
        Given("Diwali 2026", 3, Decimal(1500), 1, 500),
        Given("Onam 2026", 1, Decimal(500), 0, 0),
    ]
    assert [line.key for line in given_by_account(YEAR)] == [large.account.name, small.account.name]


def test_an_account_narrows_everything():
    batch = approved_batch(credited=1, failed=1)
    reversal_in("reversed", row=batch.rows.first(), amount=200, outcome_at=NOW)
    other = Period(since=YEAR.since, until=YEAR.until, account_id=AccountFactory().pk)
    own = Period(since=YEAR.since, until=YEAR.until, account_id=batch.account_id)
    assert [bool(read(own)) for read in (given_by_month, given_by_programme, failures)] == [True] * 3
    for read in (given_by_month, given_by_programme, given_by_account, failures, reconciled_runs):
        assert read(other) == []


def test_reports_agree_with_the_pages_of_batches_and_of_home():
    batches = [approved_batch(credited=2, failed=1), approved_batch(credited=1, unknown=1, run_state="attention")]
    credited = sum(batch_totals(batch).credited_points for batch in batches)
    sums = [
        sum(line.credited_points for line in read(YEAR))
        for read in (given_by_month, given_by_programme, given_by_account)
    ]
    assert [*sums, given_since(YEAR.since).points] == [credited] * 4


def test_failures_are_told_by_cause():
    approved_batch(credited=1, failed=2)
    assert failures(YEAR) == [Cause("other", "Mobile number registered with another company", 2, 1000)]


def test_runs_are_compared_with_the_balances(django_assert_num_queries):
    batch = approved_batch(credited=2)
    Run.objects.update(opening_balance=10_000, closing_balance=9_150)
    reversal_in("reversed", row=batch.rows.first(), amount=100, outcome_at=NOW)
    reversal_in("reversed", row=batch.rows.last(), amount=50, outcome_at=DECEMBER)
    with django_assert_num_queries(2):
        [line] = reconciled_runs(YEAR)
    assert (line.opening, line.credited, line.returned, line.closing, line.unexplained) == (
        10_000,
        1_000,
        100,
        9_150,
        50,
    )


def test_runs_without_balances_are_not_compared():
    approved_batch(credited=1)
    Run.objects.update(opening_balance=10_000, closing_balance=None)
    assert reconciled_runs(YEAR) == []
