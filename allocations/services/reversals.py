"""Taking points back, as people do it: ask for it, decide about it, withdraw it, resume it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction

from allocations import queue
from allocations.domain import reversal_policy
from allocations.domain.debits import Doubt
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.manifest import digest as digest_of
from allocations.domain.pauses import Pause
from allocations.domain.policy import Actor, check_gets_nothing
from allocations.domain.references import mint
from allocations.domain.restored import check_compared
from allocations.domain.retention import ERASED
from allocations.domain.reversals import (
    REVERSAL,
    WORKED_ON,
    Content,
    ReversalEvent,
    ReversalState,
    check_amount,
    check_unsent,
    check_within,
)
from allocations.domain.roster import check_settled_in
from allocations.domain.states import RowState, move, sources
from allocations.gateway import database_now
from allocations.gateway.tokens import allow_one_more_login
from allocations.models import Reversal, Row
from allocations.selectors.approvals import own_row_among
from allocations.selectors.restores import came_from_a_backup
from allocations.selectors.reversals import facts_of, signed_points, taken_points
from allocations.selectors.roster import approver_since
from allocations.services import trail
from allocations.services.contract import check_looked_at
from allocations.services.leases import installation

NOT_HELD = {"pause_code": "", "pause_text": ""}
_CHANGED = "The reversal is not the one that the page showed. Open it again to see what it is now."


def request_reversal(actor: Actor, *, row_id: int, amount: int, reason: str, form_key: UUID) -> Reversal:
    """Asks for points of a credited row; somebody else has to approve. The same form again returns the same one."""
    now = database_now()
    with transaction.atomic(durable=True):
        row = locked_row(row_id)
        earlier = Reversal.objects.filter(form_key=form_key, row=row, requested_by_id=actor.id).first()
        if earlier:
            return earlier
        if Reversal.objects.filter(form_key=form_key).exists():
            raise StateConflict("This form was sent for something else already. Open the page again.")
        # Of the locked row: its batch may have been read before the erasure that it waited for.
        reversal_policy.check_request(actor, RowState(row.state), is_erased=row.payload_hash == ERASED)
        if not reason.strip():
            raise InvalidInput("The reason is empty. Say why the points are taken back.")
        check_amount(amount, credited=int(row.credited_amount or 0), taken=taken_points(row))
        reversal = Reversal(
            row=row,
            amount=amount,
            reference=mint(),
            card_id=row.card_id,
            reason=reason.strip(),
            form_key=form_key,
            requested_by_id=actor.id,
            requested_at=now,
        )
        reversal.content = content_of(reversal).canonical()
        reversal.digest = digest_of(reversal.content)
        reversal.save()
        tell(
            reversal,
            "reversal proposed",
            now=now,
            actor=actor,
            amount=amount,
            reason=reversal.reason,
            digest=reversal.digest,
        )
    return reversal


def approve_reversal(actor: Actor, *, reversal_id: int, digest: str) -> Reversal:
    """Approves exactly what the page showed. A repeated click changes nothing."""
    now = database_now()
    with transaction.atomic(durable=True):
        reversal = locked_reversal(reversal_id)
        if reversal.approved_by_id == actor.id and reversal.digest == digest:
            return reversal
        _check_decision(actor, reversal, digest)
        check_settled_in(approver_since(actor.id), now=now)
        check_known(actor, now=now)
        row = locked_row(reversal.row_id)
        check_within(credited=int(row.credited_amount or 0), taken=reversal.amount + signed_points(row))
        changes: dict[str, Any] = {"approved_by_id": actor.id, "approved_at": now}
        advance(reversal, ReversalEvent.APPROVE, now=now, actor=actor, told={"digest": digest}, **changes)
        if installation().may_have_forgotten(reversal.requested_at):
            advance(reversal, ReversalEvent.DOUBT, now=now, doubt=Doubt.RESTORED, quiet_since=now)
        queue.ring_reversal(reversal.pk)
    return reversal


def reject_reversal(actor: Actor, *, reversal_id: int, digest: str, reason: str, compared: bool = False) -> Reversal:
    """Nothing is taken back. The reason is what the person who asked reads. `compared`: see check_compared."""
    if not reason.strip():
        raise InvalidInput("The reason is empty. Say why the points are not taken back.")
    now = database_now()
    with transaction.atomic(durable=True):
        reversal = locked_reversal(reversal_id)
        _check_decision(actor, reversal, digest)
        _close(actor, reversal, ReversalEvent.REJECT, reason=reason.strip(), compared=compared, now=now)
    return reversal


def withdraw_reversal(actor: Actor, *, reversal_id: int, compared: bool = False) -> Reversal:
    """The person who asked takes it back, as long as no call was made for it. `compared`: see check_compared."""
    now = database_now()
    with transaction.atomic(durable=True):
        reversal = locked_reversal(reversal_id)
        reversal_policy.check_withdraw(actor, facts_of(reversal))
        check_unsent(reversal.tries)
        _close(actor, reversal, ReversalEvent.WITHDRAW, reason="", compared=compared, now=now)
    return reversal


def resume_reversal(actor: Actor, *, reversal_id: int) -> Reversal:
    """A person has mended what held it, or wants EnKash asked once more about a disputed one."""
    now = database_now()
    with transaction.atomic(durable=True):
        reversal = locked_reversal(reversal_id)
        reversal_policy.check_resume(actor, facts_of(reversal))
        if reversal.pause_code == Pause.CONTRACT:
            check_looked_at()
        if reversal.pause_code in {Pause.LOGIN, Pause.CONTRACT}:
            allow_one_more_login(now=now)
        disputed = reversal.state == ReversalState.DISPUTED
        fresh: dict[str, Any] = {
            **NOT_HELD,
            "streak": 0,
            "lookups_failed": 0,
            "next_action_at": now if disputed else None,
        }
        why = reversal.pause_code or reversal.doubt
        Reversal.objects.filter(pk=reversal.pk).update(**fresh)
        tell(reversal, "reversal asked about" if disputed else "reversal resumed", now=now, actor=actor, why=why)
        queue.ring_reversal(reversal.pk)
    return reversal


def doubt_after_restore(*, quiet_since: datetime, due: datetime, now: datetime) -> None:
    """In the transaction that begins a recovery: nothing that was approved is sent before it was looked up."""
    changes: dict[str, Any] = {"quiet_since": quiet_since, "next_action_at": due, "lookups_failed": 0}
    going = Reversal.objects.filter(state__in=WORKED_ON).order_by("pk")
    # Locked, so an intent that is being written is waited for.
    for reversal_id in list(going.select_for_update().values_list("pk", flat=True)):
        reversal = locked_reversal(reversal_id)
        if not advance(reversal, ReversalEvent.DOUBT, now=now, doubt=Doubt.RESTORED, **changes):
            Reversal.objects.filter(pk=reversal_id, state=ReversalState.UNKNOWN).update(**changes)


def content_of(reversal: Reversal) -> Content:
    """What its approver signs, made from what is stored now."""
    batch = reversal.row.batch
    return Content(
        batch=batch.pk,
        row=reversal.row.number,
        row_reference=reversal.row.reference,
        company_id=batch.account.company_id,
        card_account_id=batch.account.card_account_id,
        card_id=reversal.card_id,
        amount=reversal.amount,
        reference=reversal.reference,
        reason=reversal.reason,
        requested_by=reversal.requested_by_id,
    )


def locked_reversal(reversal_id: int) -> Reversal:
    """The reversal, locked until the end of the caller's transaction."""
    found = Reversal.objects.select_for_update(of=("self",)).select_related("row__batch__account", "approved_by")
    reversal = found.filter(pk=reversal_id).first()
    if reversal is None:
        raise InvalidInput(f"There is no reversal {reversal_id}.")
    return reversal


def advance(
    reversal: Reversal,
    event: ReversalEvent,
    *,
    now: datetime,
    actor: Actor | None = None,
    told: Mapping[str, Any] = MappingProxyType({}),
    **changes: Any,
) -> bool:
    """Moves a locked reversal if its state knows the event; writes the trail, with `told`. False: it does not."""
    current = Reversal.objects.values_list("state", flat=True).get(pk=reversal.pk)
    if current not in sources(REVERSAL, event):
        return False
    target = move(REVERSAL, ReversalState(current), event)
    Reversal.objects.filter(pk=reversal.pk, state=current).update(state=target, **changes)
    reversal.refresh_from_db()
    facts = {"from": current, "to": target, "evidence": reversal.evidence, "doubt": reversal.doubt}
    tell(reversal, f"reversal {event}", now=now, actor=actor, **facts, **told)
    return True


def tell(reversal: Reversal, event: str, *, now: datetime, actor: Actor | None = None, **data: Any) -> None:
    """A trail entry of the reversal, in its batch's trail."""
    trail.write_entry(
        event,
        at=now,
        object_type="reversal",
        object_id=reversal.pk,
        batch_id=reversal.row.batch_id,
        actor=actor,
        row=reversal.row.number,
        **data,
    )


def locked_row(row_id: int) -> Row:
    """The row, locked so that nobody adds up its reversals meanwhile. After the reversal where both are locked."""
    rows = Row.objects.select_for_update(no_key=True, of=("self",)).select_related("batch__account")
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise InvalidInput("There is no such row.")
    return row


def _check_decision(actor: Actor, reversal: Reversal, digest: str) -> None:
    if reversal.approved_by_id:
        raise StateConflict(f"Already decided: {reversal.approved_by} approved it.")
    reversal_policy.check_decide(actor, facts_of(reversal))
    check_gets_nothing(own_row_among(Row.objects.filter(pk=reversal.row_id), user_id=actor.id))
    if reversal.digest != digest:
        raise StateConflict(_CHANGED)


def _close(
    actor: Actor, reversal: Reversal, event: ReversalEvent, *, reason: str, compared: bool, now: datetime
) -> None:
    is_old = came_from_a_backup(reversal.requested_at)
    check_compared(came_from_a_backup=is_old, compared=compared)
    changes: dict[str, Any] = {"closed_by_id": actor.id, "closed_at": now, "closed_reason": reason, **NOT_HELD}
    told = {"compared_with_statement": True} if is_old else {}
    advance(reversal, event, now=now, actor=actor, told=told, **changes)
