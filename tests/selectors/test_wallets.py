from decimal import Decimal

import pytest

from allocations.domain.states import RunState
from allocations.selectors.wallets import accounts, wallet
from tests.factories.batches import approved_batch, submitted_batch
from tests.factories.lists import AccountFactory

pytestmark = pytest.mark.django_db


def test_wallet_of_an_idle_account_is_all_free():
    account = AccountFactory(balance=Decimal("10000.50"))
    found = wallet(account)
    assert (found.free, found.committed, found.waiting, found.waiting_batches) == (Decimal("10000.50"), 0, 0, 0)


def test_wallet_sets_aside_what_approved_batches_may_still_take():
    batch = approved_batch(credited=1, pending=3, run_state=RunState.RUNNING)
    assert (wallet(batch.account).committed, wallet(batch.account).minus_committed) == (1_500, -1_500)


def test_wallet_tells_what_awaits_approval():
    batch = submitted_batch(rows=4)
    found = wallet(batch.account)
    assert (found.waiting, found.minus_waiting, found.waiting_batches) == (2_000, -2_000, 1)
    assert found.free_after_waiting == batch.account.balance - 2_000


def test_wallet_without_a_reading_has_no_free_points():
    found = wallet(AccountFactory(balance=None))
    assert (found.free, found.free_after_waiting) == (None, None)


def test_accounts_are_in_order_of_name():
    second, first = AccountFactory(name="Wellness"), AccountFactory(name="Awards")
    assert accounts() == [first, second]
