"""What the soak finds out from the database itself, and what an owner would have set up before it."""

from django.contrib.auth.models import User

from allocations.domain.api_tokens import Scope
from allocations.models import Account, Batch, Lane, Run
from allocations.services.api_tokens import make_token
from tests.factories.people import known


def account_with_lanes(lanes: int) -> int:
    """The demo's account; its number."""
    account = Account.objects.get()
    Lane.objects.bulk_create(Lane(account=account, number=number) for number in range(2, lanes + 1))
    return account.pk


def token_of_admin() -> str:
    """For the payroll program, of somebody who approves nothing."""
    admin = User.objects.get(username="demo-admin-2")
    return make_token(known(admin), name="Soak", scopes=tuple(Scope), days=30)[1]


def auditor() -> User:
    return User.objects.get(username="demo-auditor")


def unfinished() -> dict[str, int]:
    """Batches that wait to be checked or approved, and runs that go on; empty when all is settled or waits for decisions."""
    left = {
        "batches": Batch.objects.filter(state="submitted").count(),
        "runs": Run.objects.exclude(state__in=("settled", "cancelled", "attention")).count(),
    }
    return {what: count for what, count in left.items() if count}
