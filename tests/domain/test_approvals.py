from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from allocations.domain.approvals import Approval, why_all_void, why_void
from allocations.domain.approver_groups import Asked
from allocations.domain.pauses import Pause

VOTED = datetime(2026, 11, 11, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
MOMENT = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("start_after", "now_after", "why"),
    [
        (None, timedelta(0), None),
        (None, WEEK, None),
        (None, WEEK + MOMENT, Pause.LAPSED),
        (timedelta(days=30), timedelta(days=30) + WEEK, None),
        (timedelta(days=30), timedelta(days=30) + WEEK + MOMENT, Pause.LAPSED),
        # The start had passed before anybody approved.
        (-timedelta(days=5), WEEK, None),
        (-timedelta(days=5), WEEK + MOMENT, Pause.LAPSED),
    ],
)
def test_an_approval_lapses_a_week_after_it_or_after_the_start_that_it_signed(start_after, now_after, why) -> None:
    start_at = None if start_after is None else VOTED + start_after
    approval = Approval(voted_at=VOTED, start_at=start_at, voter_may=True)
    assert why_void(approval, now=VOTED + now_after, lasts=WEEK) is why


@pytest.mark.parametrize("age", [timedelta(0), WEEK + MOMENT])
def test_an_approval_dies_with_the_role_of_who_gave_it(age: timedelta) -> None:
    approval = Approval(voted_at=VOTED, start_at=None, voter_may=False)
    assert why_void(approval, now=VOTED + age, lasts=WEEK) is Pause.UNAPPROVED


HOLDS = Approval(voted_at=VOTED, start_at=None, voter_may=True)
DEMOTED = Approval(voted_at=VOTED, start_at=None, voter_may=False)
MEMBER = Approval(voted_at=VOTED, start_at=None, voter_may=True, of_group=True)
LATE = Approval(voted_at=VOTED - WEEK, start_at=None, voter_may=True)


@pytest.mark.parametrize(
    ("approvals", "asked", "why"),
    [
        ([HOLDS], Asked(1), None),
        ([HOLDS, HOLDS], Asked(2), None),
        ([HOLDS, DEMOTED, HOLDS], Asked(2), None),
        ([HOLDS, DEMOTED], Asked(2), Pause.UNAPPROVED),
        ([LATE, HOLDS], Asked(2), Pause.LAPSED),
        ([HOLDS], Asked(2), Pause.UNAPPROVED),
        ([], Asked(1), Pause.UNAPPROVED),
        ([MEMBER], Asked(1, "Finance"), None),
        ([HOLDS, MEMBER], Asked(2, "Finance"), None),
        ([HOLDS], Asked(1, "Finance"), Pause.UNAPPROVED),
        ([HOLDS, HOLDS, HOLDS], Asked(2, "Finance"), Pause.UNAPPROVED),
        ([replace(MEMBER, voter_may=False), HOLDS, HOLDS], Asked(2, "Finance"), Pause.UNAPPROVED),
        ([replace(MEMBER, voted_at=VOTED - WEEK), HOLDS, HOLDS], Asked(2, "Finance"), Pause.LAPSED),
    ],
)
def test_as_many_approvals_hold_as_are_needed(approvals, asked: Asked, why) -> None:
    said = {"asked": asked, "now": VOTED + MOMENT, "lasts": WEEK}
    assert why_all_void(approvals, submitted_under=3, in_force=3, **said) is why
    assert why_all_void(approvals, submitted_under=3, in_force=4, **said) is Pause.OTHER_POLICY
