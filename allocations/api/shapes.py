"""What goes out: batches, runs, accounts and entries of the trail as JSON. Lists are in lists.py, rows in rows.py."""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from ninja import Field, Schema

from allocations.api.lists import ListOut, list_out
from allocations.domain.accepting import is_covered
from allocations.domain.causes import cause_label
from allocations.domain.manifest import short_code
from allocations.domain.states import BatchState
from allocations.models import Account, Batch, Run, TrailEntry, Upload
from allocations.presenters.people import for_reader
from allocations.selectors.accepting import acceptances, covered, warned
from allocations.selectors.review import Cause, causes
from allocations.selectors.totals import Totals, batch_totals, run_totals

_HASH = re.compile("[0-9a-f]{64}")


class Counts(Schema):
    """Rows of the list, before anything is sent."""

    total: int
    with_errors: int
    with_warnings: int
    left_out: int


class Outcome(Schema):
    """Rows and points by where they stand with EnKash."""

    pending: int
    sending: int
    credited: int
    failed: int
    unknown: int
    disputed: int
    cancelled: int
    credited_points: Decimal
    failed_points: int
    unknown_points: int


class BatchOut(Schema):
    """One list on its way. `state`: draft, checking, review, submitted or approved."""

    id: int
    purpose: str
    account: int
    new_people_only: bool
    state: str
    version: int = Field(description="Counts every content that was submitted.")
    rows: Counts
    points: int = Field(description="Of the rows that would be sent.")
    digest: str = Field(description="What approvers sign; empty before submission.")
    short_code: str
    approvers_needed: int
    approvers_group: str = Field(description="The group of which one approver must be; empty for none.")
    created_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    approved_at: datetime | None
    start_at: datetime | None
    sent_back_reason: str


class CauseOut(Schema):
    """Rows with the same problem. A warning has to be accepted with a reason before the batch is submitted."""

    code: str
    label: str
    severity: str
    rows: int
    accepted: bool


class BatchDetail(BatchOut):
    """A batch with its list, the problems in it by cause, and, once approved, what became of its rows."""

    upload: ListOut | None
    causes: list[CauseOut]
    outcome: Outcome | None


class RunOut(Schema):
    """One execution of a batch. `state`: queued, running, paused, attention or settled."""

    id: int
    batch: int
    generation: int = Field(description="1 follows the approval; each later one runs failed rows again.")
    state: str
    pause_code: str
    pause_text: str
    created_at: datetime
    start_at: datetime | None
    started_at: datetime | None
    settled_at: datetime | None
    cancelled_at: datetime | None
    rows: int
    outcome: Outcome
    opening_balance: Decimal | None
    closing_balance: Decimal | None


class AccountOut(Schema):
    """A reward account, with its balance in points as last read."""

    id: int
    name: str
    balance: Decimal | None
    balance_at: datetime | None
    committed: Decimal = Field(description="Points of approved batches that are not decided yet.")


class EntryOut(Schema):
    """One entry of the trail, as it is chained: `body` is the canonical text that `link` was made of. `masked`: what is
    personal in the words that people wrote is hidden, for you have no hand in the batch; then both are empty."""

    id: int
    number: int | None
    at: datetime
    event: str
    actor: int | None
    object_type: str
    object_id: int
    batch: int | None
    data: dict[str, Any]
    masked: bool
    body: str
    link: str


def batch_out(batch: Batch, *, in_full: bool = True) -> BatchOut:
    return BatchOut(**_batch(batch, in_full=in_full))


def batch_detail(batch: Batch, upload: Upload | None, *, in_full: bool, sees_list: bool) -> BatchDetail:
    return BatchDetail(
        **_batch(batch, in_full=in_full),
        upload=list_out(upload, in_full=sees_list) if upload else None,
        causes=_causes(batch.pk, causes(batch)),
        outcome=_outcome(batch_totals(batch)) if batch.state == BatchState.APPROVED else None,
    )


def run_out(run: Run) -> RunOut:
    totals = run_totals(run)
    return RunOut(
        id=run.pk,
        batch=run.batch_id,
        generation=run.generation,
        state=run.state,
        pause_code=run.pause_code,
        pause_text=run.pause_text,
        created_at=run.created_at,
        start_at=run.start_at,
        started_at=run.started_at,
        settled_at=run.settled_at,
        cancelled_at=run.cancelled_at,
        rows=totals.rows,
        outcome=_outcome(totals),
        opening_balance=run.opening_balance,
        closing_balance=run.closing_balance,
    )


def account_out(account: Account, *, committed: Decimal) -> AccountOut:
    return AccountOut(
        id=account.pk,
        name=account.name,
        balance=account.balance,
        balance_at=account.balance_at,
        committed=committed,
    )


def entry_out(entry: TrailEntry, *, in_full: bool) -> EntryOut:
    return EntryOut(
        id=entry.pk,
        number=entry.number,
        at=entry.at,
        event=entry.event,
        actor=entry.actor_id,
        object_type=entry.object_type,
        object_id=entry.object_id,
        batch=entry.batch_id,
        data=entry.data if in_full else _masked(entry.data),
        masked=not in_full,
        body=entry.body if in_full else "",
        link=entry.link if in_full else "",
    )


def _masked(said: Any) -> Any:  # noqa: ANN401 - JSON
    """Texts, but no hash, of which ten digits in a row would else pass for a mobile."""
    if isinstance(said, dict):
        return {name: _masked(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_masked(value) for value in said]
    is_text = isinstance(said, str) and not _HASH.fullmatch(said)
    return for_reader(said, in_full=False) if is_text else said


def _batch(batch: Batch, *, in_full: bool) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "purpose": for_reader(batch.purpose, in_full),
        "account": batch.account_id,
        "new_people_only": not batch.is_points_allocation,
        "state": batch.state,
        "version": batch.version,
        "rows": Counts(
            total=batch.row_count,
            with_errors=batch.error_rows,
            with_warnings=batch.warning_rows,
            left_out=batch.left_out_count,
        ),
        "points": batch.points_total,
        "digest": batch.digest,
        "short_code": short_code(batch.digest) if batch.digest else "",
        "approvers_needed": batch.approvers,
        "approvers_group": batch.approvers_group,
        "created_at": batch.created_at,
        "changed_at": batch.changed_at,
        "submitted_at": batch.submitted_at,
        "approved_at": batch.approved_at,
        "start_at": batch.start_at,
        "sent_back_reason": for_reader(batch.sent_back_reason, in_full),
    }


def _causes(batch_id: int, found: Iterable[Cause]) -> list[CauseOut]:
    given = acceptances(batch_id)
    return [
        CauseOut(
            code=one.code,
            label=cause_label(one.code),
            severity=one.severity,
            rows=one.rows,
            accepted=one.severity == "warning" and is_covered(warned(one), covered(given.get(one.code))),
        )
        for one in found
    ]


def _outcome(totals: Totals) -> Outcome:
    return Outcome(**{name: getattr(totals, name) for name in Outcome.model_fields})
