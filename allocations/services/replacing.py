"""Replacement rows: the same person and points under a fresh reference, in a batch that needs its own approval."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from allocations import gateway as gateways
from allocations.domain import replacing
from allocations.domain.answers import Verdict
from allocations.domain.decisions import MOST_ROWS
from allocations.domain.errors import DomainError, InvalidInput, StateConflict
from allocations.domain.lookups import judge
from allocations.domain.policy import Actor, check_edit
from allocations.domain.retention import check_not_erased
from allocations.enkash.errors import EnkashError
from allocations.enkash.transaction_answer import Transaction
from allocations.gateway import Gateway
from allocations.models import Batch, ProposalRow, Replacement, Row
from allocations.selectors.accepting import warnings_of
from allocations.selectors.approvals import facts_of
from allocations.selectors.replacements import is_replacement_batch
from allocations.services import accepting, answering, doubts, trail
from allocations.services.batches import count_rows
from allocations.services.locks import locked_batch
from allocations.services.replacing_rows import LookedUp, new_batch, new_rows
from allocations.services.restored import insist_on_free_rows


class LookUpUnavailable(DomainError):
    """EnKash did not tell what it has of the rows."""


def replace_rows(
    actor: Actor, *, batch_id: int, numbers: Sequence[int], form_key: UUID, gateway: Gateway | None = None
) -> Batch:
    """A batch in review with a replacement of each row. The same form sent again returns the batch that it made."""
    replacing.check_replace(actor)
    if not 0 < len(set(numbers)) <= MOST_ROWS:
        raise InvalidInput(f"Choose 1 to {MOST_ROWS} rows to replace.")
    made = Batch.objects.filter(form_key=form_key, uploaded_by_id=actor.id).first()
    if made:
        return made
    row_ids = doubts.numbered_rows(batch_id, sorted(set(numbers)))
    looked_up = _look_up(batch_id, row_ids, gateway=gateway or gateways.build())
    try:
        with transaction.atomic(durable=True):
            return _make(actor, batch_id, row_ids, looked_up, form_key=form_key)
    except IntegrityError as error:
        raise StateConflict("One of the rows got a replacement meanwhile. Open the page again.") from error


def _look_up(batch_id: int, row_ids: Sequence[int], *, gateway: Gateway) -> LookedUp:
    """Outside any transaction. Raises StateConflict where EnKash lists a row as anything but failed."""
    batch = Batch.objects.select_related("account").get(pk=batch_id)
    check_not_erased(is_erased=batch.erased_at is not None)
    account = batch.account
    rows = list(Row.objects.filter(pk__in=row_ids).order_by("number"))
    try:
        found = gateway.client.find_transactions(
            [row.reference for row in rows], company_id=account.company_id, card_account_id=account.card_account_id
        )
    except EnkashError as error:
        raise LookUpUnavailable(f"EnKash did not tell what it has of these rows: {error} Try again later.") from error
    for row in rows:
        replacing.check_looked_up(row.number, _judged(row, found))
    mine = {row.pk: [one for one in found if one.reference.strip().upper() == row.reference] for row in rows}
    return LookedUp(at=gateway.clock(), found=mine)


def _judged(row: Row, found: Sequence[Transaction]) -> Verdict | None:
    return judge(answering.sent_row(row, sent_before=True), found)


def _make(actor: Actor, batch_id: int, row_ids: Sequence[int], looked_up: LookedUp, *, form_key: UUID) -> Batch:
    now = gateways.database_now()
    # Keeps re-runs of the batch away without keeping workers from their trail entries.
    old = Batch.objects.select_for_update(no_key=True, of=("self",)).select_related("account").get(pk=batch_id)
    made = Batch.objects.filter(form_key=form_key, uploaded_by_id=actor.id).first()
    if made:
        return made
    check_not_erased(is_erased=old.erased_at is not None)
    held = doubts.hold(row_ids, now=now)
    for doubt in held.doubts:
        replacing.check_replaceable(doubt)
    if ProposalRow.objects.filter(row_id__in=row_ids, is_open=True).exists():
        raise StateConflict("A decision about one of these rows waits for a second person. It comes first.")
    rows = sorted(held.rows.values(), key=lambda row: row.number)
    batch = new_batch(actor, old, rows, form_key=form_key, now=now)
    new_rows(actor, batch, rows, looked_up)
    count_rows(batch)
    _accept_for_the_maker(actor, batch, old, now=now)
    trail.write_entry(
        "rows replaced",
        at=now,
        object_type="batch",
        object_id=batch.pk,
        batch_id=batch.pk,
        actor=actor,
        replaces_batch=old.pk,
        replaces_rows=[row.number for row in rows],
        looked_up_at=looked_up.at.isoformat(),
    )
    trail.write_entry(
        "rows replaced by another batch",
        at=now,
        object_type="batch",
        object_id=old.pk,
        batch_id=old.pk,
        actor=actor,
        row_numbers=[row.number for row in rows],
        replaced_by_batch=batch.pk,
    )
    return batch


def _accept_for_the_maker(actor: Actor, batch: Batch, old: Batch, *, now: datetime) -> None:
    """Every new row has a warning because it is a replacement, and choosing the rows has said why."""
    reason = f"Takes the place of rows of batch {old.pk} that EnKash gave nothing for, as looked up when it was made."
    for found in warnings_of(batch.pk):
        accepting.accept(actor, batch, found, reason, now=now)


def give_up_replacement(actor: Actor, *, batch_id: int) -> Batch:
    """The batch keeps its number and its trail and loses its rows; the old rows are free again."""
    now = gateways.database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        check_edit(actor, facts_of(batch))
        if not is_replacement_batch(batch_id):
            raise StateConflict("This batch replaces no rows, or was given up already.")
        insist_on_free_rows(batch)
        replaced = list(Replacement.objects.filter(row__batch=batch).values_list("replaces__number", flat=True))
        batch.rows.all().delete()
        count_rows(batch)
        trail.write_entry(
            "replacement given up",
            at=now,
            object_type="batch",
            object_id=batch.pk,
            batch_id=batch.pk,
            actor=actor,
            row_numbers=replaced,
        )
    return batch
