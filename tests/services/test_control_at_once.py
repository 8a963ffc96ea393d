"""Clicks in the middle of a run's work, each side in a thread of its own: what was clicked wins, and counts once."""

import threading
from collections.abc import Callable

import pytest

from allocations.models import Attempt, Freeze, Run, TrailEntry
from allocations.services import draining, freezes
from allocations.services.cancelling import cancel_run
from tests.at_once import at_once
from tests.factories.people import actor
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 24


def click_within_the_run(portal: Portal, click: Callable[[], object]) -> tuple[Run, int]:
    """Clicks while a worker drains; the run, and how many intents there were once the click had returned."""
    run = portal.approved_run(rows=ROWS)
    begun, clicked, seen = threading.Event(), threading.Event(), []
    real = portal.gateway.client.allocate

    def allocate(*args, **options):
        begun.set()
        # On a busy machine the run would be over before the click has had its turn.
        clicked.wait(timeout=0.2)
        return real(*args, **options)

    def come_in_between() -> None:
        begun.wait(timeout=30)
        try:
            click()
            seen.append(Attempt.objects.count())
        finally:
            clicked.set()

    def drain() -> None:
        draining.drain_run(run.pk, gateway=portal.gateway)

    portal.gateway.client.allocate = allocate
    assert at_once(drain, come_in_between) == ["ok", "ok"]
    run.refresh_from_db()
    return run, seen[0]


def test_no_intent_is_committed_after_a_freeze(portal: Portal) -> None:
    run, seen = click_within_the_run(portal, lambda: freezes.freeze_sending(portal.approver, reason="EnKash called"))
    assert 0 < seen == Attempt.objects.count() < ROWS / 2
    assert set(portal.states(run)) == {"credited", "pending"}
    assert portal.credited(run) == portal.ledger()


def test_no_intent_is_committed_after_a_cancellation(portal: Portal) -> None:
    run, seen = click_within_the_run(portal, lambda: cancel_run(portal.maker, run_id=Run.objects.get().pk))
    assert 0 < seen == Attempt.objects.count() < ROWS / 2
    portal.drain(run)
    assert (run.state, set(portal.states(run))) == ("settled", {"credited", "cancelled"})
    assert portal.credited(run) == portal.ledger()


def test_two_who_freeze_make_one_freeze(portal: Portal) -> None:
    people = [actor("owner") for _ in range(3)]
    said = at_once(*(lambda who=who: freezes.freeze_sending(who, reason="Stop") for who in people))
    assert said == ["ok"] * 3
    assert (Freeze.objects.count(), TrailEntry.objects.filter(event="sending frozen").count()) == (1, 1)


def test_two_who_confirm_release_once(portal: Portal) -> None:
    freeze = freezes.freeze_sending(portal.approver, reason="Stop")
    freezes.propose_release(portal.approver, freeze_id=freeze.pk)
    people = [actor("owner"), actor("owner")]
    said = at_once(*(lambda who=who: freezes.confirm_release(who, freeze_id=freeze.pk) for who in people))
    assert said.count("ok") == 1
    assert TrailEntry.objects.filter(event="sending released").count() == 1
