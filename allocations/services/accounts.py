"""Reward accounts: adding and removing one, and how many of its calls may be in flight at the same time."""

from django.db import transaction
from django.db.models import QuerySet

from allocations.domain import policy
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.gateway import database_now
from allocations.models import Account, Lane
from allocations.services import leases, trail

MAX_LANES = 16


def add_account(
    actor: Actor, *, name: str, company_id: str, card_account_id: str, chunk_size: int = 50, lanes: int = 1
) -> Account:
    """An owner adds a reward account with its lanes."""
    policy.check_manage_accounts(actor)
    _check_number(lanes)
    now = database_now()
    check_known(actor, now=now)
    with transaction.atomic():
        if Account.objects.filter(name=name).exists():
            raise InvalidInput(f"A reward account “{name}” exists already. Choose another name.")
        if Account.objects.filter(company_id=company_id, card_account_id=card_account_id).exists():
            raise InvalidInput(f"The card account {card_account_id} of {company_id} is here already.")
        account = Account.objects.create(
            name=name, company_id=company_id, card_account_id=card_account_id, chunk_size=chunk_size
        )
        Lane.objects.bulk_create(Lane(account=account, number=number) for number in range(1, lanes + 1))
        trail.write_entry(
            "account added", at=now, object_type="account", object_id=account.pk, actor=actor, name=name, lanes=lanes
        )
    return account


def set_lanes(actor: Actor, *, account_id: int, lanes: int) -> Account:
    """An owner says how many calls of the account may be in flight. A lane with a call on it is never taken away."""
    policy.check_manage_accounts(actor)
    _check_number(lanes)
    now = database_now()
    with transaction.atomic():
        # Batches can be made for it meanwhile.
        account = _found(Account.objects.select_for_update(no_key=True), account_id)
        numbers = set(account.lanes.values_list("number", flat=True))
        Lane.objects.bulk_create(
            Lane(account=account, number=number) for number in range(1, lanes + 1) if number not in numbers
        )
        # One statement that waits for a claim under way and then asks again: a claimed lane stays.
        account.lanes.filter(leases.free(now), number__gt=lanes).delete()
        if busy := account.lanes.filter(number__gt=lanes).count():
            raise StateConflict(
                f"{busy} of the lanes to be closed {'has' if busy == 1 else 'have'} a call on the way. Nothing was"
                " changed. Pause the runs of this account, or try again in a moment."
            )
        if numbers != set(range(1, lanes + 1)):
            trail.write_entry(
                "lanes changed",
                at=now,
                object_type="account",
                object_id=account.pk,
                actor=actor,
                **{"from": len(numbers), "to": lanes},
            )
    return account


def remove_account(actor: Actor, *, account_id: int) -> str:
    """An owner takes away one that was added by mistake; returns its name. With its first batch it stays for ever."""
    policy.check_manage_accounts(actor)
    now = database_now()
    check_known(actor, now=now)
    with transaction.atomic():
        account = _found(Account.objects.select_for_update(), account_id)
        if account.batches.exists():
            raise StateConflict(f"Batches were made for “{account.name}”: it stays, for they name it.")
        trail.write_entry(
            "account removed",
            at=now,
            object_type="account",
            object_id=account.pk,
            actor=actor,
            name=account.name,
            company_id=account.company_id,
            card_account_id=account.card_account_id,
        )
        account.delete()
    return account.name


def _found(accounts: QuerySet[Account], account_id: int) -> Account:
    account = accounts.filter(pk=account_id).first()
    if account is None:
        raise InvalidInput("This reward account does not exist.")
    return account


def _check_number(lanes: int) -> None:
    if not 1 <= lanes <= MAX_LANES:
        raise InvalidInput(f"{lanes} lanes are not possible. Enter 1 to {MAX_LANES}.")
