from datetime import UTC, datetime, timedelta, timezone

import pytest

from allocations.domain.errors import InvalidInput
from allocations.domain.schedule import LONGEST_AHEAD, check_start, start_text, still_ahead

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("start_at", [None, NOW + SECOND, NOW + LONGEST_AHEAD])
def test_a_start_ahead_or_none_is_fine(start_at) -> None:
    check_start(start_at, now=NOW)


@pytest.mark.parametrize(
    ("start_at", "sentence"),
    [
        (NOW, r"^The start is in the past\."),
        (NOW - SECOND, r"^The start is in the past\."),
        (NOW + LONGEST_AHEAD + SECOND, r"^The start is more than 31 days ahead\."),
    ],
)
def test_a_start_in_the_past_or_far_ahead_is_refused(start_at, sentence) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        check_start(start_at, now=NOW)


@pytest.mark.parametrize(("start_at", "expected"), [(None, None), (NOW, None), (NOW + SECOND, NOW + SECOND)])
def test_still_ahead_is_nothing_once_it_has_passed(start_at, expected) -> None:
    assert still_ahead(start_at, now=NOW) == expected


def test_start_text_is_utc_whatever_the_zone() -> None:
    ist = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert (start_text(None), start_text(ist)) == ("", "2026-11-11T08:35:00Z")
