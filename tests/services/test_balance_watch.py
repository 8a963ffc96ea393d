"""The sweeper keeps balances fresh and does not hammer an EnKash that fails."""

from datetime import timedelta

import pytest

from allocations.services.sweeping import BalanceWatch
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db
EVERY = timedelta(minutes=5)


def calls(portal: Portal) -> int:
    return portal.sim.control.state()["requests"].get("account", 0)


def test_balance_watch_reads_a_balance_never_read(portal: Portal) -> None:
    BalanceWatch(every=EVERY).refresh(gateway=portal.gateway)
    portal.account.refresh_from_db()
    assert (portal.account.balance, portal.account.balance_at) == (10_000_000, portal.clock.now)


def test_balance_watch_leaves_a_fresh_balance_alone(portal: Portal) -> None:
    watch = BalanceWatch(every=EVERY)
    watch.refresh(gateway=portal.gateway)
    portal.clock.forward(minutes=4)
    watch.refresh(gateway=portal.gateway)
    assert calls(portal) == 1


def test_balance_watch_asks_a_failing_enkash_once_in_a_while(portal: Portal) -> None:
    portal.sim.faults.push(kind="balance_down", times=2)
    watch = BalanceWatch(every=EVERY)
    for _ in range(3):
        watch.refresh(gateway=portal.gateway)
    portal.clock.forward(minutes=6)
    watch.refresh(gateway=portal.gateway)
    assert calls(portal) == 2
