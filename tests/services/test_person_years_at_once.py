"""Counts, a rebuild and an erasure in the same moment: nobody is counted twice or with what was true before."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from allocations.models import PersonYear
from allocations.services import person_years
from tests.services.beside import Beside
from tests.services.test_people_at_once import at_once
from tests.services.test_person_years import PEOPLE, batch_of, count_all, counted, on_the_pages_of_people

pytestmark = pytest.mark.django_db(transaction=True)


def test_counts_and_rebuilds_at_once_agree(monkeypatch) -> None:
    monkeypatch.setattr(person_years, "_CHUNKS", 1)
    for mobile in PEOPLE:
        batch_of(mobile, 100)
        batch_of(mobile, 200)
    assert at_once(count_all, count_all, person_years.rebuild) == ["ok"] * 3
    assert counted() == on_the_pages_of_people()
    assert len(PersonYear.objects.all()) == len(PEOPLE)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
def test_who_waits_for_another_count_sees_what_came_in_between(monkeypatch) -> None:
    """A person of two chunks that two counts take: the second one has to see both."""
    first = batch_of(PEOPLE[0], 100)
    waiting, go_on = threading.Event(), threading.Event()
    real = person_years._forget

    def held(*args: object) -> None:
        if not waiting.is_set():
            waiting.set()
            assert go_on.wait(10)
        real(*args)

    monkeypatch.setattr(person_years, "_forget", held)
    one = Beside(person_years.count_some)
    one._thread.start()
    assert waiting.wait(10)
    second = batch_of(PEOPLE[0], 200)
    other = Beside(person_years.count_some)
    other._begin()
    go_on.set()
    one.end()
    other.end()
    assert {first.pk, second.pk} == set(person_years.Chunk.objects.values_list("run__batch", flat=True))
    assert counted() == {(PEOPLE[0], 2026): (2, Decimal(300), Decimal(0), Decimal(300))}
    assert connection.vendor == "postgresql"
