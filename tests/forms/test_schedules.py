from datetime import UTC, datetime

import pytest

from allocations.domain.errors import InvalidInput
from allocations.forms.schedules import StartForm


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", None),
        ("2026-11-25T14:05", datetime(2026, 11, 25, 8, 35, tzinfo=UTC)),
        ("2026-11-25T00:30:00", datetime(2026, 11, 24, 19, 0, tzinfo=UTC)),
    ],
)
def test_a_start_is_a_time_in_india(typed, expected):
    assert StartForm({"start": typed}).start_at == expected


def test_a_form_without_the_field_starts_at_once():
    assert StartForm({}).start_at is None


@pytest.mark.parametrize(
    "typed", ["tomorrow", "2026-13-01T10:00", "2026-11-25T25:00", "2026-11-25", "2026-11-25T10:00Z"]
)
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(InvalidInput, match=r"^The start is no date and time\."):
        _ = StartForm({"start": typed}).start_at
