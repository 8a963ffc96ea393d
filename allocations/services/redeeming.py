"""Opening a person's page at EnKash, where their points are spent: with a reason, and in the trail first."""

from django.conf import settings
from django.db import transaction

from allocations import gateway as gateways
from allocations.domain.errors import DomainError, InvalidInput
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.redeeming import check_open_page, page_address
from allocations.domain.revealing import check_reason
from allocations.enkash.errors import EnkashError
from allocations.gateway import Gateway, database_now
from allocations.models import Row
from allocations.services import trail


class PageUnavailable(DomainError):
    """EnKash did not open it."""


def open_redeem_page(
    actor: Actor, *, batch_id: int, number: int, cause: str, words: str, gateway: Gateway | None = None
) -> str:
    """Its address, which opens it for whoever has it. `cause`: a domain.revealing.Cause."""
    with transaction.atomic(durable=True):
        row = Row.objects.select_related("batch__account").filter(batch_id=batch_id, number=number).first()
        if row is None:
            raise InvalidInput(f"Batch {batch_id} has no row {number}.")
        check_open_page(actor, card_id=row.card_id, is_set_up=bool(settings.ENKASH_SSO_URL))
        why = check_reason(cause, words, name=row.name)
        now = database_now()
        check_known(actor, now=now)
        trail.write_entry(
            "page at EnKash opened",
            at=now,
            object_type="row",
            object_id=row.pk,
            batch_id=batch_id,
            actor=actor,
            row=number,
            reference=row.reference,
            cause=why,
            reason=words.strip(),
        )
    account = row.batch.account
    try:
        token = (gateway or gateways.build()).client.sso_token(
            company_id=account.company_id, card_account_id=account.card_account_id, card_id=row.card_id
        )
    except EnkashError as error:
        raise PageUnavailable(f"EnKash did not open the page: {error}") from error
    return page_address(settings.ENKASH_SSO_URL, token=token, partner=settings.ENKASH_SSO_PARTNER)
