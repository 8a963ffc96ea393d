"""How a list is read where somebody has to say it: sheet, row of the header, columns, what was asked about it."""

from django.http import HttpResponse
from ninja import Field, Header, Router, Schema
from pydantic import ConfigDict

from allocations.api.documents import CHANGE_ANSWERS, OnceMet
from allocations.api.door import Call, needs
from allocations.api.once import once_changed
from allocations.api.paging import Id
from allocations.api.shapes import BatchOut
from allocations.api.texts import Text
from allocations.domain.api_tokens import Scope
from allocations.domain.readings import Choice
from allocations.selectors.review import newest_upload
from allocations.services import batches

router = Router(tags=["The list's reading"])
_LAST = 2**31 - 1


class Reading(Schema):
    """One of the sheets, or the row, that the list's `offers` name."""

    model_config = ConfigDict(extra="forbid")

    sheet: Text = Field("", max_length=100)
    header_row: int | None = Field(None, ge=1, le=_LAST, description="Of the file, from 1.")


class Columns(Schema):
    """Which column is read as which field, the first being 0. Fields that are not named are read from none."""

    model_config = ConfigDict(extra="forbid")

    name: int = Field(ge=0, le=_LAST)
    mobile: int = Field(ge=0, le=_LAST)
    amount: int = Field(ge=0, le=_LAST)
    title: int | None = Field(None, ge=0, le=_LAST)
    email: int | None = Field(None, ge=0, le=_LAST)
    remarks: int | None = Field(None, ge=0, le=_LAST)
    client_reference: int | None = Field(None, ge=0, le=_LAST)


class Confirmed(Schema):
    """A question of the list, by its code."""

    model_config = ConfigDict(extra="forbid")

    code: Text = Field(max_length=40)


@router.post(
    "/batches/{batch_id}/reading",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Choose the sheet or the header's row",
    **needs(Scope.WRITE),
)
def choose_reading(request: Call, batch_id: Id, what: Reading, sent: Header[OnceMet]) -> HttpResponse:
    """Where the list was refused because it could be one of several, or begins further down. It is read again."""
    return once_changed(request, batch_id, lambda: _choose(request, batch_id, what), sent=sent)


@router.post(
    "/batches/{batch_id}/columns",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Choose the columns",
    **needs(Scope.WRITE),
)
def choose_columns(request: Call, batch_id: Id, what: Columns, sent: Header[OnceMet]) -> HttpResponse:
    """Where their names were not understood, or understood wrongly. The list is read again."""
    columns = what.model_dump(exclude_none=True)
    return once_changed(
        request,
        batch_id,
        lambda: batches.map_columns(request.auth.actor, batch_id=batch_id, mapping=columns),
        sent=sent,
    )


@router.post(
    "/batches/{batch_id}/confirm", response={200: BatchOut, **CHANGE_ANSWERS}, summary="Confirm", **needs(Scope.WRITE)
)
def confirm(request: Call, batch_id: Id, what: Confirmed, sent: Header[OnceMet]) -> HttpResponse:
    """Answers a question about how the list was read. Where it was read wrongly, choose anew or send another list."""
    return once_changed(
        request,
        batch_id,
        lambda: batches.confirm_reading(request.auth.actor, batch_id=batch_id, code=what.code),
        sent=sent,
    )


def _choose(request: Call, batch_id: int, what: Reading) -> None:
    upload = newest_upload(batch_id)
    # A sheet that was chosen before stays chosen when its header is.
    sheet = what.sheet or (upload.choice.get("sheet", "") if upload and what.header_row else "")
    choice = Choice(sheet=sheet, header_row=what.header_row or 1)
    batches.choose_reading(request.auth.actor, batch_id=batch_id, choice=choice)
