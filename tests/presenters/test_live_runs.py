from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from allocations.domain.policy import Actor, Role
from allocations.domain.states import RunState
from allocations.models import Account, Batch, Run
from allocations.presenters.live_runs import Control, Ledger, control, ledger, phases, poll_seconds, sentence
from allocations.selectors.runs import ChunkCounts
from allocations.selectors.totals import Totals

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
CHUNKS = ChunkCounts(total=50, done=24, people=0, next_at=None)
MIDWAY = Totals(rows=2500, pending=1250, sending=50, credited=1191, failed=9)


def run(state, **fields):
    return Run(state=state, started_at=NOW - timedelta(minutes=12), **fields)


@pytest.mark.parametrize(
    ("state", "totals", "said"),
    [
        (RunState.QUEUED, Totals(rows=1, pending=1), "1 row waits for a worker. It begins by itself."),
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
    assert poll_seconds(run(state), totals) == seconds


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
    assert [phase.css for phase in phases(run(state), totals, CHUNKS)] == marks


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


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (RunState.QUEUED, "pause"),
        (RunState.RUNNING, "pause"),
        (RunState.PAUSED, "resume"),
        (RunState.ATTENTION, "resume"),
        (RunState.SETTLED, ""),
    ],
)
def test_control_of_an_admin_by_state(state, act):
    assert control(run(state), Actor(1, "Asha", frozenset({Role.ADMIN}))) == Control(act, "")


def test_control_of_an_auditor_names_the_role_it_needs():
    found = control(run(RunState.RUNNING), Actor(1, "Asha", frozenset({Role.AUDITOR})))
    assert found.act == "pause"
    assert found.why_not == (
        "To pause or resume a run you need the role admin or approver. An owner can give it to you."
    )


def test_ledger_expects_what_was_taken_back_meanwhile():
    batch = balanced(balance=Decimal(750), balance_at=NOW, balance_stale=False)
    totals = Totals(rows=3, credited=3, credited_points=Decimal(300))
    found = ledger(run(RunState.RUNNING, batch=batch, opening_balance=Decimal(1000)), totals, returned=50)
    assert (found.expected, found.fits, found.returned) == (750, True, 50)
