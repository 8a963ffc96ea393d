from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from allocations.models import Batch, Run, TrailEntry, Vote
from allocations.presenters.run_lines import begins, run_lines
from allocations.presenters.statuses import RUNNING
from allocations.presenters.stories import Line, parts, person, story
from allocations.presenters.trails import Event, Fact, events
from allocations.selectors.holds import Hold
from allocations.selectors.totals import Totals

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
MAKER, APPROVER = User(id=1, username="meera", first_name="Meera", last_name="K"), User(id=2, username="rajesh")
DIGEST = "00" * 32
TOTALS = Totals(rows=61, credited=58, failed=3)


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def test_story_tells_makers_votes_and_runs_in_order():
    batch = Batch(
        uploaded_by=MAKER, created_at=NOW, submitted_by=MAKER, submitted_at=later(1), row_count=61, points_total=610
    )
    sent_back = Vote(voted_by=APPROVER, voted_at=later(0.5), digest=DIGEST, decision="send_back", reason="Wrong month.")
    approved = Vote(voted_by=APPROVER, voted_at=later(2), digest=DIGEST, decision="approve")
    run = Run(
        generation=1,
        started_at=later(3),
        settled_at=later(4),
        opening_balance=Decimal(1000),
        closing_balance=Decimal(420),
    )
    assert story(batch, votes=[sent_back, approved], runs=[(run, TOTALS)]) == [
        Line(NOW, "Meera K made the batch"),
        Line(later(0.5), "rajesh sent back AAAA-AAAA: “Wrong month.”", "fix"),
        Line(later(1), "Meera K submitted 61 rows, 610 points", "wait"),
        Line(later(2), "rajesh approved AAAA-AAAA", "approved"),
        Line(later(3), "Run 1 began with 61 rows", "run"),
        Line(
            later(4),
            "Run 1 ended: 61 = 58 credited + 3 failed. EnKash's balance went from 1,000 to 420.",
            "credited",
        ),
    ]


def test_story_of_a_draft_begins_with_its_maker():
    assert story(Batch(uploaded_by=MAKER, created_at=NOW), votes=[], runs=[]) == [Line(NOW, "Meera K made the batch")]


def test_story_names_who_cancelled_a_run():
    run = Run(generation=1, cancelled_at=later(3), cancelled_by=APPROVER, settled_at=later(3))
    totals = Totals(rows=61, cancelled=61)
    lines = story(Batch(uploaded_by=MAKER, created_at=NOW), votes=[], runs=[(run, totals)])
    assert [line.text for line in lines[1:]] == [
        "rajesh cancelled what Run 1 had not sent",
        "Run 1 ended: 61 = 61 cancelled.",
    ]


def test_parts_always_add_up():
    assert parts(Totals(rows=10, credited=4, unknown=1, pending=5)) == "10 = 4 credited + 1 unknown + 5 others"
    assert parts(Totals()) == "0 = 0"


def test_person_without_an_account_is_the_portal():
    assert (person(None), person(APPROVER)) == ("the portal", "rajesh")


def test_run_lines_show_what_came_of_an_ended_run():
    ended, live = run_lines([(Run(state="settled"), TOTALS), (Run(state="running"), Totals(rows=2, pending=2))])
    assert (ended.status.said, ended.percent, ended.sum) == ("Credited, 3 failed", 100, "61 = 58 credited + 3 failed")
    assert (live.status, live.percent) == (RUNNING, 0)


@pytest.mark.parametrize(
    ("start_at", "chosen", "said"),
    [
        (None, None, "The run begins within a minute."),
        (NOW, NOW, "The run begins at 11 Nov 2026, 14:05 IST."),
        (None, NOW, "Its start, 11 Nov 2026, 14:05 IST, has passed: the run begins within a minute."),
    ],
)
def test_begins_says_when(start_at, chosen, said):
    assert begins(Run(start_at=start_at), chosen=chosen, hold=Hold()) == said


def test_begins_promises_no_minute_while_sending_is_frozen():
    said = begins(Run(), chosen=None, hold=Hold(frozen=True))
    assert said == "The run begins when sending is released."


def test_events_show_figures_with_their_labels():
    looked_up = [[718 + at, "credited", f"ECT{at}"] for at in range(11)]
    told = "; ".join(f"{718 + at} credited ECT{at}" for at in range(11))
    data = {
        "decided": looked_up,
        "rows": 4973,
        "digest": DIGEST,
        "late": True,
        "why": "",
        "ids": [1, 2],
        "by": {"new_rows": 3},
    }
    entry = TrailEntry(
        id=7, at=NOW, actor=MAKER, event="batch submitted", object_type="batch", object_id=219, data=data
    )
    assert events([entry]) == [
        Event(
            number=7,
            at=NOW,
            name="batch submitted (batch 219)",
            sentence="",
            who="Meera K",
            facts=(
                Fact("by", "new rows 3", is_id=False),
                Fact("ids", "1, 2", is_id=False),
                Fact("late", "yes", is_id=False),
                Fact("rows", "4,973", is_id=False),
                Fact("decided", told, is_id=False, entries=11),
                Fact("digest", DIGEST, is_id=True),
            ),
        )
    ]
