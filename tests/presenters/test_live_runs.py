from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from allocations.domain.states import RunState
from allocations.models import Account, Batch, Run
from allocations.presenters import live_runs
from allocations.presenters.live_runs import Ledger, ledger, phases, poll_seconds
from allocations.selectors.holds import Hold
from allocations.selectors.runs import ChunkCounts
from allocations.selectors.totals import Totals

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
CHUNKS = ChunkCounts(total=50, done=24, people=0, next_at=None)
MIDWAY = Totals(rows=2500, pending=1250, sending=50, credited=1191, failed=9)


def run(state, **fields):
    return Run(state=state, started_at=NOW - timedelta(minutes=12), **fields)


def sentence(found, totals, chunks, *, now, **held):
    return live_runs.sentence(found, totals, chunks, now=now, hold=Hold(**held))


@pytest.mark.parametrize(
    ("state", "totals", "said"),
    [
        (RunState.QUEUED, Totals(rows=1, pending=1), "1 row waits for a worker. The run begins by itself."),
        (
            RunState.RUNNING,
            MIDWAY,
            "Chunk 25 of 50: 1,191 people have their points. About 13 min left.",
        ),
        (RunState.PAUSED, MIDWAY, "Paused: 1,191 people have their points, 1,250 rows are not sent."),
        (RunState.SETTLED, Totals(rows=2, credited=1, failed=1), "Ended: 1 person has their points, 1 row failed."),
        (
            RunState.ATTENTION,
            Totals(rows=4, credited=2, disputed=2),
            "2 people have their points. 2 rows need a decision by people.",
        ),
    ],
)
def test_sentence_by_state(state, totals, said):
    assert sentence(run(state), totals, CHUNKS, now=NOW) == said


@pytest.mark.parametrize(
    ("fields", "held", "end"),
    [
        ({}, {"frozen": True}, "when sending is released."),
        ({"stop_requested_at": NOW}, {"frozen": True}, "when sending is released."),
        ({}, {"recovering": True}, "when the recovery has ended."),
    ],
)
def test_sentence_promises_no_time_while_sending_is_held_up(fields, held, end):
    said = sentence(run(RunState.RUNNING, **fields), MIDWAY, CHUNKS, now=NOW, **held)
    assert said == f"Chunk 25 of 50: 1,191 people have their points. It goes on {end}"


def test_a_freeze_does_not_stop_the_look_up_of_unknown_rows():
    said = sentence(run(RunState.RUNNING), Totals(rows=3, credited=2, unknown=1), CHUNKS, now=NOW, frozen=True)
    assert said == "2 people have their points. 1 row is unknown; EnKash is asked again."


def test_a_queued_run_says_what_it_waits_for():
    waiting = Run(state=RunState.QUEUED)
    said = sentence(waiting, Totals(rows=3, pending=3), CHUNKS, now=NOW, frozen=True)
    assert said == "3 rows wait. The run begins by itself when sending is released."


def test_sentence_promises_no_time_before_three_chunks():
    early = ChunkCounts(total=50, done=2, people=0, next_at=None)
    assert sentence(run(RunState.RUNNING), MIDWAY, early, now=NOW) == (
        "Chunk 3 of 50: 1,191 people have their points. Measuring how long it takes."
    )


@pytest.mark.parametrize(
    ("next_at", "end"),
    [(NOW + timedelta(minutes=7), "asked again at 14:12:00 IST."), (NOW, "asked again."), (None, "asked again.")],
)
def test_sentence_while_only_unknown_rows_are_left(next_at, end):
    chunks = ChunkCounts(total=50, done=49, people=0, next_at=next_at)
    said = sentence(run(RunState.RUNNING), Totals(rows=30, credited=3, unknown=27), chunks, now=NOW)
    assert said == f"3 people have their points. 27 rows are unknown; EnKash is {end}"


def test_sentence_between_the_last_answer_and_the_end():
    said = sentence(run(RunState.RUNNING), Totals(rows=3, credited=2, failed=1), CHUNKS, now=NOW)
    assert said == "2 people have their points. Every row is answered; the run ends now."


@pytest.mark.parametrize(
    ("state", "totals", "seconds"),
    [
        (RunState.QUEUED, Totals(), 3),
        (RunState.RUNNING, MIDWAY, 3),
        (RunState.RUNNING, Totals(rows=1, unknown=1), 15),
        (RunState.PAUSED, MIDWAY, 15),
        (RunState.ATTENTION, MIDWAY, 15),
        (RunState.SETTLED, MIDWAY, None),
    ],
)
def test_poll_seconds_back_off_while_nothing_moves(state, totals, seconds):
    assert poll_seconds(run(state), totals, now=NOW) == seconds


def test_a_run_with_a_start_says_when_and_is_asked_for_less_often():
    waiting = Run(state=RunState.QUEUED, start_at=NOW + timedelta(hours=2))
    said = sentence(waiting, Totals(rows=3, pending=3), CHUNKS, now=NOW)
    assert said == "3 rows wait until 11 Nov 2026, 16:05 IST. The run begins by itself."
    assert poll_seconds(waiting, Totals(), now=NOW) == 15
    assert poll_seconds(waiting, Totals(), now=NOW + timedelta(hours=2)) == 3
    assert phases(waiting, Totals(), CHUNKS, now=NOW)[0].remark == "by itself, at 11 Nov 2026, 16:05 IST"


@pytest.mark.parametrize(
    ("state", "totals", "marks"),
    [
        (RunState.QUEUED, Totals(rows=3, pending=3), ["on", "", "", ""]),
        (RunState.RUNNING, MIDWAY, ["done", "on", "", ""]),
        (RunState.RUNNING, Totals(rows=3, credited=2, unknown=1), ["done", "done", "on", ""]),
        (RunState.SETTLED, Totals(rows=3, credited=3), ["done", "done", "done", "done"]),
    ],
)
def test_phases_mark_how_far_the_run_is(state, totals, marks):
    assert [phase.css for phase in phases(run(state), totals, CHUNKS, now=NOW)] == marks


@pytest.mark.parametrize(
    ("fields", "totals", "said"),
    [
        (
            {"stop_requested_at": NOW},
            MIDWAY,
            "Chunk 25 of 50: 1,191 people have their points. It stops after the chunk in hand.",
        ),
        (
            {"canary": "waiting"},
            MIDWAY,
            (
                "Chunk 25 of 50: 1,191 people have their points. "
                "The rest follows when EnKash's list shows the credits of the first rows."
            ),
        ),
        (
            {"cancelled_at": NOW},
            Totals(rows=9, credited=2, pending=4, sending=1, cancelled=2),
            "Cancelled: 2 people have their points, 5 rows are still being cleared up. Nothing more is sent.",
        ),
        (
            {"cancelled_at": NOW},
            Totals(rows=4, credited=2, unknown=1, cancelled=1),
            "2 people have their points. 1 row is unknown; EnKash is asked again.",
        ),
    ],
)
def test_sentence_says_what_holds_the_run_back(fields, totals, said):
    assert sentence(run(RunState.RUNNING, **fields), totals, CHUNKS, now=NOW) == said


def test_sentence_of_an_ended_run_names_what_was_cancelled():
    said = sentence(run(RunState.SETTLED), Totals(rows=5, credited=2, cancelled=3), CHUNKS, now=NOW)
    assert said == "Ended: 2 people have their points, 0 rows failed, 3 rows cancelled."


@pytest.mark.parametrize(
    ("canary", "remark", "marks"),
    [
        ("waiting", "sent alone, then looked up at EnKash", ["done", "on", "", "", ""]),
        ("verified", "EnKash's list shows their credits", ["done", "done", "on", "", ""]),
        ("accepted", "accepted by a person", ["done", "done", "on", "", ""]),
    ],
)
def test_phases_show_the_canary(canary, remark, marks):
    found = phases(run(RunState.RUNNING, canary=canary), MIDWAY, CHUNKS, now=NOW)
    assert (found[1].remark, [phase.css for phase in found]) == (remark, marks)


def test_phases_of_a_run_cancelled_on_its_way():
    found = phases(run(RunState.RUNNING, canary="waiting", cancelled_at=NOW), MIDWAY, CHUNKS, now=NOW)
    assert found[1].remark == "not needed any more"
    never = phases(
        Run(state=RunState.SETTLED, cancelled_at=NOW, settled_at=NOW), Totals(rows=1, cancelled=1), CHUNKS, now=NOW
    )
    assert never[0].remark == "never: it was cancelled before"


def balanced(**account):
    return Batch(account=Account(name="Wellness fund", **account))


def test_ledger_is_none_before_a_balance_was_read():
    assert ledger(run(RunState.RUNNING, batch=balanced()), MIDWAY) is None


@pytest.mark.parametrize(("balance", "fits", "gap"), [(680, True, 0), (720, False, 20), (600, False, -50)])
def test_ledger_compares_the_reading_with_the_range(balance, fits, gap):
    batch = balanced(balance=Decimal(balance), balance_at=NOW, balance_stale=False)
    totals = Totals(rows=5, credited=3, unknown=1, credited_points=Decimal(300), unknown_points=50)
    found = ledger(run(RunState.RUNNING, batch=batch, opening_balance=Decimal(1000)), totals)
    assert found == Ledger(Decimal(1000), Decimal(300), Decimal(700), Decimal(650), Decimal(balance), NOW)
    assert (found.fits, found.gap) == (fits, gap)


@pytest.mark.parametrize(
    "account", [{"balance_at": NOW - timedelta(days=1)}, {"balance_at": NOW, "balance_stale": True}]
)
def test_ledger_ignores_an_old_or_stale_reading(account):
    batch = balanced(**({"balance": Decimal(5), "balance_stale": False} | account))
    found = ledger(run(RunState.RUNNING, batch=batch, opening_balance=Decimal(10)), Totals())
    assert (found.reported, found.fits, found.gap) == (None, False, 0)


def test_ledger_of_an_ended_run_keeps_its_closing_balance():
    ended = run(
        RunState.SETTLED, batch=balanced(), opening_balance=Decimal(10), closing_balance=Decimal(7), settled_at=NOW
    )
    found = ledger(ended, Totals(rows=1, credited=1, credited_points=Decimal(3)))
    assert (found.reported, found.reported_at, found.fits) == (Decimal(7), NOW, True)


def test_ledger_expects_what_was_taken_back_meanwhile():
    batch = balanced(balance=Decimal(750), balance_at=NOW, balance_stale=False)
    totals = Totals(rows=3, credited=3, credited_points=Decimal(300))
    found = ledger(run(RunState.RUNNING, batch=batch, opening_balance=Decimal(1000)), totals, returned=50)
    assert (found.expected, found.fits, found.returned) == (750, True, 50)
