from datetime import timedelta
from decimal import Decimal

import pytest

from allocations.domain.answers import Verdict
from allocations.domain.canary import MAX_CHECKS, CanaryStep, Seen, find
from allocations.domain.outcomes import Outcome, Reason
from allocations.domain.states import RowState


def listed(outcome: Outcome = Outcome.CREDITED, transaction_id: str = "ECT1") -> Verdict:
    return Verdict(1, outcome, transaction_id=transaction_id, amount=Decimal(100), reason=Reason.OTHER)


def credited(verdict: Verdict | None, transaction_id: str = "ECT1") -> Seen:
    return Seen(RowState.CREDITED, transaction_id, verdict)


GOOD = credited(listed())
FAILED = Seen(RowState.FAILED, "", None)


@pytest.mark.parametrize(
    ("rows", "step", "why"),
    [
        ([GOOD], "follow", ""),
        ([GOOD, FAILED, GOOD], "follow", ""),
        ([credited(listed(), "")], "follow", ""),
        ([FAILED, FAILED], "pause", "none of 2 rows was credited"),
        ([GOOD, Seen(RowState.UNKNOWN, "", None)], "pause", "1 of 2 rows are in doubt"),
        ([GOOD, Seen(RowState.CONFLICT, "", None)], "pause", "1 of 2 rows are in doubt"),
        ([GOOD, Seen(RowState.ANOMALY, "", None)], "pause", "1 of 2 rows are in doubt"),
        ([GOOD, credited(listed(Outcome.ANOMALY))], "pause", "EnKash's list contradicts 1 of 2 credits"),
        ([GOOD, credited(listed(Outcome.FAILED))], "pause", "EnKash's list contradicts 1 of 2 credits"),
        ([credited(listed(transaction_id="ECT2"))], "pause", "EnKash's list contradicts 1 of 1 credits"),
        ([GOOD, credited(None)], "wait", "EnKash's list does not show 1 of 2 credits"),
        ([credited(listed(Outcome.UNKNOWN))], "wait", "EnKash's list does not show 1 of 1 credits"),
        (None, "wait", "EnKash's list could not be read"),
    ],
)
def test_find_lets_the_rest_follow_only_when_every_credit_is_listed(rows, step, why) -> None:
    found = find(rows, checks=0)
    assert (found.step, found.why) == (step, why)


@pytest.mark.parametrize("rows", [None, [credited(None)]])
def test_find_waits_twice_as_long_each_time_and_then_asks_people(rows) -> None:
    waits = [find(rows, checks=checks).wait for checks in range(MAX_CHECKS - 1)]
    assert waits == [timedelta(seconds=5 * 2**checks) for checks in range(MAX_CHECKS - 1)]
    last = find(rows, checks=MAX_CHECKS - 1)
    assert (last.step, last.why.endswith(", 6 times")) == (CanaryStep.PAUSE, True)
