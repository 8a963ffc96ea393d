from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from allocations.presenters import times

AT = datetime(2026, 11, 11, 8, 35, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("show", "text"),
    [
        (times.moment, "11 Nov 2026, 14:05 IST"),
        (times.long_day, "Wednesday, 11 November 2026"),
        (times.iso, "2026-11-11T08:35:12Z"),
        (times.month, "November 2026"),
    ],
)
def test_instant_is_shown_in_ist(show, text):
    assert show(AT) == text


@pytest.mark.parametrize(
    ("show", "now", "text"),
    [
        (times.short_moment, datetime(2026, 12, 31, 18, 29, tzinfo=UTC), "11 Nov, 14:05"),
        (times.short_moment, datetime(2026, 12, 31, 18, 30, tzinfo=UTC), "11 Nov 2026, 14:05"),
        (times.clock, datetime(2026, 11, 11, 18, 29, tzinfo=UTC), "14:05:12 IST"),
        (times.clock, datetime(2026, 11, 11, 18, 30, tzinfo=UTC), "11 Nov 2026, 14:05 IST"),
    ],
)
def test_short_times_name_the_day_or_the_year_where_it_is_another_one_in_india(show, now, text):
    assert show(AT, now=now) == text


@pytest.mark.parametrize("show", [times.moment, partial(times.short_moment, now=AT), partial(times.clock, now=AT)])
def test_no_instant_is_a_dash(show):
    assert show(None) == "–"


def test_moment_after_half_past_six_utc_is_the_next_day():
    """F50."""
    assert times.moment(datetime(2026, 12, 31, 18, 30, tzinfo=UTC)) == "1 Jan 2027, 00:00 IST"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=20), "20 s"),
        (timedelta(minutes=3, seconds=59), "3 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=2, hours=19), "2 d 19 h"),
        (timedelta(days=9, hours=19), "9 d"),
    ],
)
def test_span_has_at_most_two_units(length, text):
    assert times.span(length) == text


def test_ago_without_an_instant_is_never():
    assert times.ago(None, now=AT) == "never"


def test_ago_counts_from_now():
    assert times.ago(AT - timedelta(minutes=3), now=AT) == "3 min ago"


@pytest.mark.parametrize(
    ("at", "year"),
    [
        (datetime(2026, 11, 11, tzinfo=UTC), "FY 2026-27"),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), "FY 2025-26"),
        (datetime(2026, 3, 31, 19, tzinfo=UTC), "FY 2026-27"),
        (datetime(2099, 6, 1, tzinfo=UTC), "FY 2099-00"),
    ],
)
def test_financial_year_turns_on_1_april_in_ist(at, year):
    assert times.financial_year(at) == year


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=0), "about 1 min"),
        (timedelta(seconds=61), "about 2 min"),
        (timedelta(minutes=90), "about 1 h 30 min"),
    ],
)
def test_estimate_is_rounded_up(length, text):
    assert times.about(length) == text


def test_month_starts_at_midnight_in_ist():
    assert times.month_start(AT).isoformat() == "2026-11-01T00:00:00+05:30"


@pytest.mark.parametrize(
    ("at", "start"),
    [
        (AT, "2026-04-01T00:00:00+05:30"),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), "2025-04-01T00:00:00+05:30"),
    ],
)
def test_financial_year_starts_on_1_april(at, start):
    assert times.year_start(at).isoformat() == start
