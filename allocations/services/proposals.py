"""Two people decide: one proposes what became of rows, with evidence; another confirms or rejects it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID, uuid4

from django.core.files import File
from django.db import IntegrityError, transaction

from allocations.domain import decisions, policy
from allocations.domain.decisions import PROPOSAL, Decision, ProposalEvent, ProposalState
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor
from allocations.domain.states import move
from allocations.gateway import database_now
from allocations.models import Proposal, ProposalRow, Row
from allocations.selectors.approvals import facts_of, own_row_among
from allocations.services import deciding, doubts, trail
from allocations.services.doubts import Held

_OVERLAP = (
    "A decision about one of these rows, or with one of these transaction ids, is open already. Look at it first."
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the proposer says. `transaction_ids`: row number -> EnKash's id or ""; `form_key`: of the form sent."""

    decision: Decision
    statement: str
    transaction_ids: Mapping[int, str]
    form_key: UUID
    file_name: str = ""


def propose(actor: Actor, *, batch_id: int, said: Said, file: "File[bytes] | None" = None) -> Proposal:
    """An open proposal. The same form sent again returns the one that it made."""
    decisions.check_work_on_exceptions(actor)
    decisions.check_content(
        decision=said.decision,
        statement=said.statement,
        has_file=file is not None,
        transaction_ids=said.transaction_ids,
    )
    size, sha256 = _measure(file) if file else (0, "")
    try:
        with transaction.atomic(durable=True):
            return _store(actor, batch_id, said, file, size=size, sha256=sha256)
    except IntegrityError as error:
        # The last line: another person was faster by a hair.
        raise StateConflict(_OVERLAP) from error


def _store(actor: Actor, batch_id: int, said: Said, file: "File[bytes] | None", *, size: int, sha256: str) -> Proposal:
    now = database_now()
    held = doubts.hold(doubts.numbered_rows(batch_id, list(said.transaction_ids)), now=now)
    # Under the locks, so that the second click of a double click finds what the first one made.
    repeated = Proposal.objects.filter(form_key=said.form_key, proposed_by_id=actor.id).first()
    if repeated:
        return repeated
    for doubt in held.doubts:
        decisions.check_proposable(doubt, said.decision)
    ids = {doubt.row_id: said.transaction_ids[doubt.number] for doubt in held.doubts}
    doubts.check_transactions(held, ids)
    if ProposalRow.objects.filter(row_id__in=ids, is_open=True).exists():
        raise StateConflict(_OVERLAP)
    proposal = Proposal.objects.create(
        batch_id=batch_id,
        outcome=said.decision,
        statement=said.statement.strip(),
        # The stored name is ours: the uploaded one is shown, never used as a path.
        file=File(file, name=f"{uuid4().hex}.evidence") if file else "",
        file_name=PurePath(said.file_name).name[:255] if file else "",
        file_size=size,
        file_sha256=sha256,
        form_key=said.form_key,
        proposed_by_id=actor.id,
        proposed_at=now,
    )
    ProposalRow.objects.bulk_create(
        ProposalRow(proposal=proposal, row_id=row_id, transaction_id=known) for row_id, known in ids.items()
    )
    _tell(proposal, "decision proposed", actor, held, now=now, file_sha256=sha256)
    return proposal


def _measure(file: "File[bytes]") -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for block in file.chunks():
        size += len(block)
        digest.update(block)
    if not size:
        raise InvalidInput("The evidence file is empty. Choose the file that shows what became of the rows.")
    if size > decisions.EVIDENCE_MAX_BYTES:
        limit = grouped(decisions.EVIDENCE_MAX_BYTES)
        raise InvalidInput(
            f"The evidence file has {grouped(size)} bytes; the limit is {limit}. Attach an extract of it."
        )
    file.seek(0)
    return size, digest.hexdigest()


def confirm(actor: Actor, *, proposal_id: int) -> Proposal:
    """The second person agrees: the rows get the outcome, their chunks and run are concluded. Twice acts once."""
    now = database_now()
    try:
        with transaction.atomic(durable=True):
            proposal = _locked(proposal_id)
            if proposal.state == ProposalState.CONFIRMED and proposal.decided_by_id == actor.id:
                return proposal
            _check_open(proposal)
            _check_settle(actor, proposal)
            check_known(actor, now=now)
            ids = dict(proposal.rows.values_list("row_id", "transaction_id"))
            held = doubts.hold(list(ids), now=now)
            for doubt in held.doubts:
                decisions.check_decidable(doubt, Decision(proposal.outcome))
            doubts.check_transactions(held, ids)
            _close(proposal, ProposalEvent.CONFIRM, now=now, decided_by_id=actor.id)
            deciding.apply_decision(held, Decision(proposal.outcome), ids, actor=actor, now=now)
            decided = [[doubt.number, proposal.outcome, ids[doubt.row_id]] for doubt in held.doubts]
            _tell(
                proposal,
                "decision confirmed",
                actor,
                held,
                now=now,
                proposed_by=proposal.proposed_by_id,
                decided=decided,
            )
    except IntegrityError as error:
        raise StateConflict("Another row got one of these transaction ids meanwhile. Open the page again.") from error
    return proposal


def refuse(actor: Actor, *, proposal_id: int, reason: str) -> Proposal:
    """The second person does not agree and says why. The rows wait on."""
    if not reason.strip():
        raise InvalidInput("The reason is empty. Say what is missing or wrong, so that somebody can propose anew.")
    now = database_now()
    with transaction.atomic(durable=True):
        proposal = _locked(proposal_id)
        if proposal.state == ProposalState.REFUSED and proposal.decided_by_id == actor.id:
            return proposal
        _check_open(proposal)
        _check_settle(actor, proposal)
        _close(proposal, ProposalEvent.REFUSE, now=now, decided_by_id=actor.id, reason=reason.strip())
        _tell(proposal, "decision rejected", actor, None, now=now, reason=reason.strip())
    return proposal


def withdraw(actor: Actor, *, proposal_id: int) -> Proposal:
    """The proposer takes it back. The rows wait on."""
    now = database_now()
    with transaction.atomic(durable=True):
        proposal = _locked(proposal_id)
        decisions.check_withdraw_proposal(actor, proposed_by_id=proposal.proposed_by_id)
        if proposal.state == ProposalState.WITHDRAWN:
            return proposal
        _check_open(proposal)
        _close(proposal, ProposalEvent.WITHDRAW, now=now)
        _tell(proposal, "decision withdrawn", actor, None, now=now)
    return proposal


def _locked(proposal_id: int) -> Proposal:
    people = ("batch", "proposed_by", "decided_by")
    proposal = Proposal.objects.select_for_update(of=("self",)).select_related(*people).filter(pk=proposal_id).first()
    if proposal is None:
        raise InvalidInput(f"There is no decision {proposal_id}.")
    return proposal


def _check_settle(actor: Actor, proposal: Proposal) -> None:
    """A row that was credited and is called failed is sent again: nobody says that of their own."""
    decisions.check_settle(actor, facts_of(proposal.batch), proposed_by_id=proposal.proposed_by_id)
    rows = Row.objects.filter(proposals__proposal=proposal)
    policy.check_gets_nothing(own_row_among(rows, user_id=actor.id))


def _check_open(proposal: Proposal) -> None:
    if proposal.state == ProposalState.OPEN:
        return
    decider = proposal.decided_by or proposal.proposed_by
    who = decider.get_full_name() or decider.get_username()
    raise StateConflict(f"Decision {proposal.pk} is “{ProposalState(proposal.state).word}” already, by {who}.")


def _close(proposal: Proposal, event: ProposalEvent, *, now: datetime, **changes: Any) -> None:
    state = move(PROPOSAL, ProposalState(proposal.state), event)
    closed = Proposal.objects.filter(pk=proposal.pk, state=proposal.state)
    if not closed.update(state=state, decided_at=now, **changes):
        raise StateConflict(f"Decision {proposal.pk} was decided meanwhile. Open the page again.")
    proposal.rows.filter(is_open=True).update(is_open=False)
    proposal.refresh_from_db()


def _tell(proposal: Proposal, event: str, actor: Actor, held: Held | None, *, now: datetime, **data: Any) -> None:
    numbers = [doubt.number for doubt in held.doubts] if held else []
    trail.write_entry(
        event,
        at=now,
        object_type="proposal",
        object_id=proposal.pk,
        batch_id=proposal.batch_id,
        actor=actor,
        outcome=proposal.outcome,
        row_numbers=numbers,
        **data,
    )
