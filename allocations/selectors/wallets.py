"""Reward accounts with what of their balance is still free."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from allocations.domain.states import BatchState
from allocations.models import Account, Batch
from allocations.selectors.approvals import committed_points


@dataclass(frozen=True, slots=True)
class Wallet:
    """Points. `committed`: of approved batches, not yet decided. `waiting`: of batches that await approval."""

    account: Account
    committed: Decimal
    waiting: int
    waiting_batches: int

    @property
    def free(self) -> Decimal | None:
        """None while the balance was never read."""
        return None if self.account.balance is None else self.account.balance - self.committed

    @property
    def minus_committed(self) -> Decimal:
        return -self.committed

    @property
    def minus_waiting(self) -> int:
        return -self.waiting

    @property
    def free_after_waiting(self) -> Decimal | None:
        return None if self.free is None else self.free - self.waiting


def wallet(account: Account) -> Wallet:
    waiting = Batch.objects.filter(account=account, state=BatchState.SUBMITTED).aggregate(
        batches=Count("id"), points=Sum("points_total", default=0)
    )
    return Wallet(
        account=account,
        committed=committed_points(account),
        waiting=waiting["points"],
        waiting_batches=waiting["batches"],
    )


def accounts() -> list[Account]:
    return list(Account.objects.order_by("name"))


def unused_accounts() -> list[Account]:
    """For which no batch was made yet."""
    return list(Account.objects.filter(batches=None).order_by("name"))


def lanes_of_accounts() -> list[tuple[Account, int]]:
    """Every account with the number of its calls that may be in flight."""
    counted = Account.objects.annotate(lane_count=Count("lanes")).order_by("name")
    return [(account, account.lane_count) for account in counted]
