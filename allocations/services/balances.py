"""The balance of a reward account: read seldom, believed only while fresh."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from allocations import gateway as gateways
from allocations.domain import policy
from allocations.domain.errors import DomainError, InvalidInput
from allocations.domain.policy import Actor
from allocations.domain.states import RunState
from allocations.enkash.errors import EnkashError, OutcomeUnknown, UnknownKind
from allocations.gateway import Gateway
from allocations.models import Account, Run
from allocations.models.runs import ChunkState
from allocations.services import outcomes, trail


class BalanceUnavailable(DomainError):
    """EnKash did not tell the balance."""


def read_balance(account: Account, *, gateway: Gateway) -> Decimal:
    """Asks EnKash and stores the answer. Raises EnkashError. Never called inside a transaction."""
    details = gateway.client.account_details(company_id=account.company_id, card_account_id=account.card_account_id)
    if not outcomes.fits(details.available_balance):
        raise OutcomeUnknown("The balance in the answer cannot be true.", kind=UnknownKind.UNREADABLE, http_status=200)
    now = gateway.clock()
    Account.objects.filter(pk=account.pk).update(balance=details.available_balance, balance_at=now, balance_stale=False)
    return details.available_balance


def balance_for_sending(account_id: int, *, gateway: Gateway) -> Decimal:
    """The figure that decides about the next call: stored if fresh and sure, else read. Raises EnkashError."""
    account = Account.objects.get(pk=account_id)
    if account.balance is None or account.balance_stale or _old(account.balance_at, gateway):
        return read_balance(account, gateway=gateway)
    return account.balance


def read_closing_balance(run_id: int, *, gateway: Gateway) -> None:
    """For a run that is about to settle on an unsure figure: one try, for a run settles without it too."""
    run = Run.objects.filter(pk=run_id, state=RunState.RUNNING).select_related("batch__account").first()
    if run is None or run.chunks.filter(state=ChunkState.OPEN).exists() or not run.batch.account.balance_stale:
        return
    with suppress(EnkashError):
        read_balance(run.batch.account, gateway=gateway)


def _old(read_at: datetime | None, gateway: Gateway) -> bool:
    return read_at is None or gateway.clock() - read_at > gateway.timing.balance_age


def refresh_balance(actor: Actor, *, account_id: int) -> Account:
    """A person asks for the balance. Raises BalanceUnavailable with what is known of the cause."""
    policy.check_view(actor)
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise InvalidInput("This reward account does not exist.")
    try:
        read_balance(account, gateway=gateways.build())
    except EnkashError as error:
        raise BalanceUnavailable(f"EnKash did not tell the balance: {error} The last reading stays.") from error
    account.refresh_from_db()
    return account


def add_account(actor: Actor, *, name: str, company_id: str, card_account_id: str, chunk_size: int = 50) -> Account:
    """An owner adds a reward account; it gets one lane."""
    policy.check_manage_accounts(actor)
    now = gateways.database_now()
    with transaction.atomic():
        if Account.objects.filter(name=name).exists():
            raise InvalidInput(f"A reward account “{name}” exists already. Choose another name.")
        if Account.objects.filter(company_id=company_id, card_account_id=card_account_id).exists():
            raise InvalidInput(f"The card account {card_account_id} of {company_id} is here already.")
        account = Account.objects.create(
            name=name, company_id=company_id, card_account_id=card_account_id, chunk_size=chunk_size
        )
        account.lanes.create(number=1)
        trail.write_entry("account added", at=now, object_type="account", object_id=account.pk, actor=actor, name=name)
    return account
