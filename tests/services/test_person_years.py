"""What each person got in each financial year, added up beside the runs: always what the pages of the people say."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from allocations import queue
from allocations.domain.gifts import financial_year
from allocations.domain.states import RowState
from allocations.jobs import person_years as job
from allocations.models import Batch, Chunk, PersonCount, PersonYear, Reversal, Row
from allocations.presenters.times import year_start
from allocations.selectors.persons import years_of
from allocations.services import erasing, person_years
from tests.factories.batches import approved_batch, recount_chunk
from tests.factories.lists import NOW
from tests.factories.reversals import reversal_in

pytestmark = pytest.mark.django_db
PEOPLE = ("9876500011", "9876500012", "9876500013")
# The first and the last instants of a financial year in India, a leap day, and one far from all of them.
INSTANTS = (
    datetime(2025, 3, 31, 18, 29, 59, 999_999, tzinfo=UTC),
    datetime(2025, 3, 31, 18, 30, tzinfo=UTC),
    datetime(2026, 3, 31, 18, 29, 59, tzinfo=UTC),
    datetime(2026, 3, 31, 18, 30, tzinfo=UTC),
    datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
    datetime(2026, 5, 31, 20, 0, tzinfo=UTC),
)
Years = dict[tuple[str, int], tuple[int, Decimal, Decimal, Decimal]]


def counted() -> Years:
    found = PersonYear.objects.values_list("row__mobile", "year", "times", "given", "reversed", "net")
    lines = {(mobile, year): figures for mobile, year, *figures in found}
    assert len(lines) == len(found)
    return {key: (figures[0], *map(Decimal, figures[1:])) for key, figures in lines.items()}


def on_the_pages_of_people() -> Years:
    years = ((mobile, one) for mobile in PEOPLE for one in years_of(mobile, year_start=year_start))
    return {(who, financial_year(one.start)): (one.rows, one.given, one.reversed, one.net) for who, one in years}


def batch_of(mobile: str, points: int = 500, *, at: datetime = NOW, **outcomes) -> Batch:
    batch = approved_batch(about={"row": {"mobile": mobile, "amount": points}}, **(outcomes or {"credited": 1}))
    batch.rows.filter(outcome_at__isnull=False).update(outcome_at=at)
    return batch


def count_all() -> None:
    while person_years.count_some():
        pass


def give(chance: random.Random) -> None:
    outcomes = {"credited": chance.randrange(3), "failed": 1}
    batch_of(chance.choice(PEOPLE), chance.choice((1, 500, 4_999)), at=chance.choice(INSTANTS), **outcomes)


def prove_late(chance: random.Random) -> None:
    """Of a row that had failed in a run that ended, maybe with another amount than was asked for."""
    failed = list(Row.objects.filter(state="failed").exclude(mobile=""))
    if failed:
        row = chance.choice(failed)
        points = chance.choice((row.amount, Decimal("0.25")))
        known = {"evidence": "look-up", "credited_amount": points, "outcome_at": chance.choice(INSTANTS)}
        Row.objects.filter(pk=row.pk).update(state=RowState.CREDITED, **known)
        recount_chunk(row.chunk)


def take_back(chance: random.Random) -> None:
    credited = list(Row.objects.filter(state="credited", credited_amount__gte=500).exclude(mobile=""))
    if credited:
        reversal_in("reversed", row=chance.choice(credited), amount=7, outcome_at=chance.choice(INSTANTS))


def erase(chance: random.Random) -> None:
    Batch.objects.update(created_at=NOW - timedelta(days=99), changed_at=NOW - timedelta(days=99))
    Reversal.objects.update(requested_at=NOW - timedelta(days=99))
    batches = list(Batch.objects.filter(erased_at=None))
    if batches:
        assert erasing.erase_batch(chance.choice(batches).pk, days=1)


@pytest.mark.parametrize("seed", range(6))
def test_steps_at_any_time_end_where_a_rebuild_does_and_where_the_pages_of_people_are(seed: int, monkeypatch) -> None:
    monkeypatch.setattr(person_years, "_CHUNKS", 2)
    monkeypatch.setattr(person_years, "_REVERSALS", 1)
    chance = random.Random(seed)
    for _ in range(16):
        chance.choice((give, give, prove_late, take_back, erase, lambda _: person_years.count_some()))(chance)
    count_all()
    steps = counted()
    assert steps == on_the_pages_of_people()
    assert person_years.rebuild() == len(steps)
    assert (counted(), person_years.count_some()) == (steps, False)


def test_a_run_that_goes_on_is_left_alone_until_it_rests() -> None:
    batch = batch_of(PEOPLE[0], credited=1, pending=1, run_state="running")
    assert (person_years.count_some(), counted()) == (False, {})
    batch.runs.update(state="attention")
    assert (person_years.count_some(), person_years.count_some()) == (True, False)
    assert counted() == {(PEOPLE[0], 2026): (1, Decimal(500), Decimal(0), Decimal(500))}


def test_a_person_of_an_erased_batch_keeps_what_others_gave_and_is_gone_where_none_did() -> None:
    gone, stays = batch_of(PEOPLE[0], 100), batch_of(PEOPLE[1], 200)
    both = batch_of(PEOPLE[1], 300)
    count_all()
    Batch.objects.update(created_at=NOW - timedelta(days=99), changed_at=NOW - timedelta(days=99))
    assert erasing.erase_batch(gone.pk, days=1)
    assert erasing.erase_batch(both.pk, days=1)
    assert counted() == {(PEOPLE[1], 2026): (1, Decimal(200), Decimal(0), Decimal(200))}
    assert PersonYear.objects.get().row.batch == stays
    # Nothing brings them back.
    Chunk.objects.filter(run__batch=gone).update(credited_points=99)
    count_all()
    person_years.rebuild()
    assert {mobile for mobile, _ in counted()} == {PEOPLE[1]}


def test_the_sweeper_rings_for_what_is_due_and_says_when_all_was_counted(monkeypatch) -> None:
    rung: list[datetime] = []
    monkeypatch.setattr(queue, "ring_person_count", lambda: rung.append(NOW))
    person_years.ring_due(now=NOW)
    assert (rung, PersonCount.objects.get().counted_at) == ([], NOW)
    batch_of(PEOPLE[0])
    person_years.ring_due(now=NOW + person_years.EVERY / 2)
    assert rung == []
    later = NOW + person_years.EVERY
    person_years.ring_due(now=later)
    # A worker that is busy with something else is not rung for again and again.
    person_years.ring_due(now=later + person_years.EVERY / 2)
    assert (len(rung), PersonCount.objects.get().counted_at) == (1, NOW)
    person_years.ring_due(now=later + person_years.EVERY)
    assert len(rung) == 2
    person_years.count_people()
    assert (len(counted()), PersonCount.objects.get().counted_at > NOW) == (1, True)


def test_a_turn_that_is_over_leaves_the_rest_to_the_sweeper(monkeypatch) -> None:
    batch_of(PEOPLE[0])
    monkeypatch.setattr(person_years, "_LONGEST_TURN", 0.0)
    person_years.count_people()
    assert (counted(), PersonCount.objects.count(), person_years.due_chunks().count()) == ({}, 0, 1)


def test_the_job_is_one_that_the_portal_rings_for() -> None:
    assert queue.JOBS[f"{job.__name__}.{job.count_people.__name__}"] == queue.IMPORTS
