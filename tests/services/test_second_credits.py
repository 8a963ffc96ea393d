"""EnKash credits a reference twice, because its check for repeated ones does not hold: nobody may overlook it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from allocations.enkash.errors import OutcomeUnknown, UnknownKind
from allocations.models import Attempt, Row, Run, TrailEntry
from allocations.selectors.passports import passport_of
from allocations.services import answering, draining, keeping
from tests.services.conftest import Portal
from tests.services.test_crash_points import Wrapped, with_client

pytestmark = pytest.mark.django_db


def lost_and_forgotten(portal: Portal, run: Run) -> Callable[[], None]:
    """The first call credits, its answer is lost, and EnKash forgets the reference. Returns how the answer comes late."""
    kept = {}
    real = portal.gateway.client.allocate

    def lose(*args, **options):
        kept["raw"] = real(*args, **options)
        raise OutcomeUnknown("lost", kind=UnknownKind.DEADLINE, http_status=0)

    object.__setattr__(portal.gateway.client, "allocate", lose)
    portal.drain(run)
    object.__setattr__(portal.gateway.client, "allocate", real)
    portal.sim.ledger.by_reference.clear()
    portal.sim.faults.push(kind="lookup_empty", times=1)

    def comes_late() -> None:
        first = Attempt.objects.get(number=1)
        keeping._store(first, keeping.Spooled(kept["raw"], portal.clock()))
        answering.apply_answer(first.pk, gateway=portal.gateway, late=True)

    return comes_late


def told(run: Run) -> list[dict]:
    return [entry.data for entry in TrailEntry.objects.filter(batch_id=run.batch_id, event="row credited again")]


def ids(portal: Portal) -> list[str]:
    return [entry.transaction_id for entry in portal.sim.ledger.entries]


def test_a_second_credit_in_the_answer_stops_the_run(portal: Portal) -> None:
    """The late answer of the first call comes while the second one is under way."""
    run = portal.approved_run(rows=3)
    comes_late = lost_and_forgotten(portal, run)

    def during() -> None:
        comes_late()
        portal.sim.ledger.by_reference.clear()

    second = with_client(portal, Wrapped(portal.gateway.client, "allocate", before=during), worker="second")
    portal.clock.forward(minutes=16)
    draining.drain_run(run.pk, gateway=second.gateway)
    run.refresh_from_db()
    assert (run.state, run.pause_code) == ("paused", "impossible")
    assert portal.states(run) == ["credited", "credited", "pending"]
    assert "row 2 was credited twice" in run.pause_text
    first = Row.objects.get(number=2)
    assert first.transaction_id == ids(portal)[0]
    assert [(one["number"], one["on_record"], one["transaction_id"]) for one in told(run)] == [
        (2, ids(portal)[0], ids(portal)[2]),
        (3, ids(portal)[1], ids(portal)[3]),
    ]
    assert passport_of(run.batch_id, 2).second_credits == (ids(portal)[2],)
    assert passport_of(run.batch_id, 4).second_credits == ()


def test_a_second_credit_in_a_late_answer_stops_the_run(portal: Portal) -> None:
    """The second call is over and credited before the first one's answer comes."""
    run = portal.approved_run(rows=1)
    comes_late = lost_and_forgotten(portal, run)
    portal.drain_after(run, minutes=16)
    assert (run.state, Row.objects.get().transaction_id) == ("settled", ids(portal)[1])
    Run.objects.update(state="running")
    comes_late()
    run.refresh_from_db()
    assert (run.state, run.pause_code) == ("paused", "impossible")
    assert [one["transaction_id"] for one in told(run)] == [ids(portal)[0]]


def test_a_second_credit_after_the_end_of_the_run_is_told_all_the_same(portal: Portal) -> None:
    run = portal.approved_run(rows=1)
    comes_late = lost_and_forgotten(portal, run)
    portal.drain_after(run, minutes=16)
    comes_late()
    run.refresh_from_db()
    assert (run.state, len(told(run))) == ("settled", 1)
    assert passport_of(run.batch_id, 2).second_credits == (ids(portal)[0],)


def test_the_same_credit_once_more_is_none(portal: Portal) -> None:
    """A look-up was faster than the late answer."""
    run = portal.approved_run(rows=1)
    raw = {}
    real = portal.gateway.client.allocate

    def lose(*args, **options):
        raw["raw"] = real(*args, **options)
        raise OutcomeUnknown("lost", kind=UnknownKind.DEADLINE, http_status=0)

    object.__setattr__(portal.gateway.client, "allocate", lose)
    portal.drain(run)
    portal.drain_after(run, minutes=16)
    assert portal.states(run) == ["credited"]
    attempt = Attempt.objects.get()
    keeping._store(attempt, keeping.Spooled(raw["raw"], portal.clock()))
    answering.apply_answer(attempt.pk, gateway=portal.gateway, late=True)
    assert told(run) == []


def test_a_look_up_that_shows_another_credit_than_a_late_answer_stops_the_run(portal: Portal, monkeypatch) -> None:
    """The late answer is applied between the look-up and what it proves."""
    run = portal.approved_run(rows=1)
    comes_late = lost_and_forgotten(portal, run)
    (entry,) = portal.sim.ledger.entries
    other = replace(entry, transaction_id="ECTOTHER0001")
    portal.sim.faults.clear()
    real = portal.gateway.client.find_transactions

    def find(*args, **options):
        portal.sim.ledger.by_reference[entry.reference] = [other]
        found = real(*args, **options)
        comes_late()
        return found

    object.__setattr__(portal.gateway.client, "find_transactions", find)
    portal.drain_after(run, minutes=16)
    assert (run.state, run.pause_code) == ("paused", "impossible")
    assert [one["transaction_id"] for one in told(run)] == ["ECTOTHER0001"]
