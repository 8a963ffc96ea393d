"""Rows of a batch: what they hold and what became of them, what is wrong with them, and how it is put right."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Header, Query, Router, Schema
from pydantic import ConfigDict, StrictInt

from allocations.api.documents import CHANGE_ANSWERS, READ_ANSWERS, Met, OnceMet
from allocations.api.door import Call, needs
from allocations.api.once import changed, changing, once_changed
from allocations.api.paging import Id, Newer, Number, Page
from allocations.api.shapes import BatchOut
from allocations.api.sight import sees_people
from allocations.api.texts import Text
from allocations.domain.api_tokens import Scope
from allocations.domain.causes import cause_label
from allocations.domain.states import RowState
from allocations.models import Batch, Problem, Row
from allocations.presenters.people import for_reader, masked_email, masked_mobile
from allocations.selectors.outcome_rows import Wanted, row_page
from allocations.selectors.review import rows_by_number
from allocations.services import leaving_out, mending

router = Router(tags=["Rows"])


class ProblemOut(Schema):
    """What is wrong (error) or odd (warning)."""

    field: str
    code: str
    severity: str
    found: str
    message: str


class RowOut(Schema):
    """One recipient line. `masked`: personal data are hidden, for you have no hand in the batch."""

    number: int
    title: str
    name: str
    email: str
    mobile: str
    amount: int | None
    remarks: str
    client_reference: str
    reference: str = Field(description="Ours; EnKash knows the row by it.")
    masked: bool
    state: str
    reason_code: str
    reason: str = Field(description="EnKash's own words.")
    transaction_id: str
    card_id: str
    credited_points: Decimal | None
    account_balance: Decimal | None = Field(description="Of the reward account, after this row.")
    user_balance: Decimal | None
    tries: int
    outcome_at: datetime | None
    problems: list[ProblemOut]


class Rows(Page):
    items: list[RowOut]


class Changes(Schema):
    """Cells as somebody would type them; what is not named stays."""

    model_config = ConfigDict(extra="forbid")

    title: Text | None = None
    name: Text | None = None
    email: Text | None = None
    mobile: Text | StrictInt | None = None
    amount: Text | StrictInt | None = None
    remarks: Text | None = None
    client_reference: Text | None = None


@router.get("/batches/{batch_id}/rows", response={200: Rows, **READ_ANSWERS}, summary="List", **needs(Scope.ROWS))
def list_rows(request: Call, batch_id: Id, paging: Query[Newer], state: RowState | None = None) -> Rows:
    """By number, with their problems and outcomes."""
    batch = get_object_or_404(Batch, pk=batch_id)
    wanted = Wanted(states=frozenset({state} if state else ()))
    found = row_page(batch, wanted, after=paging.after, size=paging.limit)
    rows = rows_by_number(batch_id, [row.number for row in found.rows])
    in_full = sees_people(request, batch)
    return Rows(items=[_row_out(row, in_full=in_full) for row in rows], next=found.later)


@router.get(
    "/batches/{batch_id}/rows/{number}", response={200: RowOut, **READ_ANSWERS}, summary="Read", **needs(Scope.ROWS)
)
def read_row(request: Call, batch_id: Id, number: Number) -> RowOut:
    """With its problems and its outcome."""
    batch = get_object_or_404(Batch, pk=batch_id)
    row = get_object_or_404(rows_by_number(batch_id, [number]))
    return _row_out(row, in_full=sees_people(request, batch))


@router.patch(
    "/batches/{batch_id}/rows/{number}",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Change cells",
    **needs(Scope.WRITE),
)
def change_row(request: Call, batch_id: Id, number: Number, changes: Changes, sent: Header[Met]) -> HttpResponse:
    """Before submission. All cells or none; what the file had is kept beside them."""
    with changing(batch_id, sent):
        for field, value in changes.model_dump(exclude_none=True).items():
            row = get_object_or_404(Row, batch_id=batch_id, number=number)
            mending.mend_cell(
                request.auth.actor,
                batch_id=batch_id,
                number=number,
                field=field,
                text=str(value),
                seen=mending.fingerprint(row, field),
            )
    return changed(batch_id)


@router.post(
    "/batches/{batch_id}/rows/{number}/leave-out",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Leave out",
    **needs(Scope.WRITE),
)
def leave_out(request: Call, batch_id: Id, number: Number, sent: Header[OnceMet]) -> HttpResponse:
    """Before submission. The row stays listed, and is not sent."""
    return _set_aside(request, batch_id, number, leaving_out.leave_out_row, sent=sent)


@router.post(
    "/batches/{batch_id}/rows/{number}/take-back",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Take back",
    **needs(Scope.WRITE),
)
def take_back(request: Call, batch_id: Id, number: Number, sent: Header[OnceMet]) -> HttpResponse:
    """Undoes leaving it out."""
    return _set_aside(request, batch_id, number, leaving_out.take_back_row, sent=sent)


@router.post(
    "/batches/{batch_id}/leave-out-errors",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Leave out all with errors",
    **needs(Scope.WRITE),
)
def leave_out_errors(request: Call, batch_id: Id, sent: Header[OnceMet]) -> HttpResponse:
    """Before submission. The rows stay listed, and are not sent."""
    leave = partial(leaving_out.leave_out_problem_rows, request.auth.actor, batch_id=batch_id)
    return once_changed(request, batch_id, leave, sent=sent)


def _set_aside(request: Call, batch_id: int, number: int, act: Callable[..., object], *, sent: OnceMet) -> HttpResponse:
    def change() -> None:
        # A wrong number must not pass for a row that gets nothing.
        get_object_or_404(Row, batch_id=batch_id, number=number)
        act(request.auth.actor, batch_id=batch_id, number=number)

    return once_changed(request, batch_id, change, sent=sent)


def _row_out(row: Row, *, in_full: bool) -> RowOut:
    return RowOut(
        number=row.number,
        title=row.title,
        name=for_reader(row.name, in_full),
        email=row.email if in_full or not row.email else masked_email(row.email),
        mobile=row.mobile if in_full or not row.mobile else masked_mobile(row.mobile),
        amount=row.amount,
        remarks=for_reader(row.remarks, in_full),
        client_reference=for_reader(row.client_reference, in_full),
        reference=row.reference,
        masked=not in_full,
        state=row.state,
        reason_code=row.reason_code,
        reason=for_reader(row.reason, in_full),
        transaction_id=row.transaction_id or "",
        card_id=row.card_id,
        credited_points=row.credited_amount if row.state == RowState.CREDITED else None,
        account_balance=row.account_balance,
        user_balance=row.user_balance,
        tries=row.tries,
        outcome_at=row.outcome_at,
        problems=[_problem_out(one, in_full=in_full) for one in row.problems.all()],
    )


def _problem_out(problem: Problem, *, in_full: bool) -> ProblemOut:
    """Its sentence may quote the cell."""
    return ProblemOut(
        field=problem.field,
        code=problem.code,
        severity=problem.severity,
        found=problem.found if in_full else "",
        message=problem.message if in_full else f"{cause_label(problem.code)}.",
    )
