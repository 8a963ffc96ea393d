from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.recovery import (
    RecoveryRules,
    Step,
    Undecided,
    after_look_up,
    after_restore,
    before_look_up,
    may_resend,
)
from allocations.domain.states import RowState

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
QUIET, HORIZON, TICK = timedelta(minutes=15), timedelta(hours=24), timedelta(microseconds=1)
RULES = RecoveryRules(quiet=QUIET, max_resends=3, horizon=HORIZON)
CHUNK = Undecided(quiet_since=NOW - QUIET, first_sent_at=NOW - QUIET, tries=1, gives_to_existing=True)


@pytest.mark.parametrize(
    ("quiet_since", "step"),
    [(NOW, Step.WAIT), (NOW - QUIET + TICK, Step.WAIT), (NOW - QUIET, Step.LOOK_UP), (NOW + QUIET, Step.WAIT)],
)
def test_before_look_up_waits_out_the_quiet_time(quiet_since, step) -> None:
    assert before_look_up(replace(CHUNK, quiet_since=quiet_since), rules=RULES, now=NOW) is step


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({}, Step.RESEND),
        ({"newly_found": 1}, Step.WAIT),
        ({"newly_found": 1, "undecided": 1}, Step.WAIT),
        ({"undecided": 1}, Step.WAIT),
        ({"lookups_failed": 1}, Step.WAIT),
        ({"lookups_failed": 2}, Step.WAIT),
        ({"lookups_failed": 3}, Step.RESEND),
    ],
)
def test_after_look_up_decides_for_the_rows_that_are_left(facts, step) -> None:
    known = {"newly_found": 0, "undecided": 0, "lookups_failed": 0} | facts
    assert after_look_up(CHUNK, rules=RULES, now=NOW, **known) is step


@pytest.mark.parametrize(("undecided", "step"), [(0, Step.ASK_PEOPLE), (1, Step.ASK_PEOPLE)])
def test_after_look_up_asks_people_beyond_the_horizon(undecided, step) -> None:
    old = replace(CHUNK, first_sent_at=NOW - HORIZON)
    assert after_look_up(old, rules=RULES, now=NOW, newly_found=0, undecided=undecided, lookups_failed=0) is step


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"tries": 3}, True),
        ({"tries": 4}, False),
        ({"first_sent_at": NOW - HORIZON + TICK}, True),
        ({"first_sent_at": NOW - HORIZON}, False),
        ({"gives_to_existing": False}, False),
    ],
)
def test_may_resend_is_bounded_in_number_and_time(changes, expected) -> None:
    assert may_resend(replace(CHUNK, **changes), rules=RULES, now=NOW) is expected


@pytest.mark.parametrize(
    ("found", "state", "believed"),
    [
        (Outcome.CREDITED, RowState.PENDING, Outcome.CREDITED),
        (Outcome.CREDITED, RowState.UNKNOWN, Outcome.CREDITED),
        (Outcome.ANOMALY, RowState.PENDING, Outcome.ANOMALY),
        (Outcome.ANOMALY, RowState.UNKNOWN, Outcome.ANOMALY),
        (Outcome.UNKNOWN, RowState.PENDING, Outcome.CONFLICT),
        (Outcome.UNKNOWN, RowState.UNKNOWN, Outcome.CONFLICT),
        (Outcome.FAILED, RowState.PENDING, None),
        (Outcome.FAILED, RowState.UNKNOWN, Outcome.FAILED),
    ],
)
def test_after_restore_believes_what_enkash_lists(found, state, believed) -> None:
    """I23."""
    verdict = after_restore(Verdict(1, found), state)
    assert (verdict and verdict.outcome) == believed
