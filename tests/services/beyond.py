"""Lists against the approval policy's limits of people and amounts."""

from datetime import datetime, timedelta

import pytest

from allocations.domain.days import IST
from allocations.models import Batch, Problem
from allocations.services import approval, row_limits, submission
from tests.factories.lists import NOW
from tests.imports.test_run import imported

ASHA, RAVI = "9812345671", "9812345672"
HEAD = "Name,Mobile,Amount\n"
MONTH = datetime(2026, 11, 1, tzinfo=IST)
NEXT = datetime(2026, 12, 1, tzinfo=IST)
INSTANT = timedelta(microseconds=1)


def told_time(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    """It is 11 November 2026 until a test says otherwise."""
    time = {"now": NOW}
    for module in (row_limits, approval, submission):
        monkeypatch.setattr(module, "database_now", lambda: time["now"])
    return time


def listed(*rows: tuple[str, int]) -> Batch:
    return imported(HEAD + "".join(f"Asha,{mobile},{amount}\n" for mobile, amount in rows)).batch


def marked(batch: Batch) -> list[tuple[int, str]]:
    found = Problem.objects.filter(batch=batch, severity="error").order_by("number", "code")
    return list(found.values_list("number", "code"))


def above(*numbers: int) -> list[tuple[int, str]]:
    return [(number, "person_above_month") for number in numbers]
