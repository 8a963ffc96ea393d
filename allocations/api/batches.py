"""Batches: made with their list, read, and given another list."""

import json
from collections.abc import Callable, Iterable
from uuid import UUID

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Header, Query, Router, Schema
from pydantic import ConfigDict, StrictInt

from allocations.api.bodies import received
from allocations.api.documents import CHANGE_ANSWERS, LIST_BODY, READ_ANSWERS, Met, Once
from allocations.api.door import Call, needs
from allocations.api.once import Keep, changed, changing, once, tag_of
from allocations.api.paging import Id, Older, Page
from allocations.api.shapes import BatchDetail, BatchOut, batch_detail, batch_out
from allocations.api.sight import sees_list, sees_people
from allocations.api.texts import Text
from allocations.domain.api_tokens import Scope
from allocations.domain.states import BatchState
from allocations.models import Batch
from allocations.selectors.batch_lists import batch_page
from allocations.selectors.review import newest_upload
from allocations.services import batches

router = Router(tags=["Batches"])
MOST_ROWS = 10_000


class Batches(Page):
    items: list[BatchOut]


class NewRow(Schema):
    """One recipient. What is wrong with them is found when the list is checked, as in an uploaded file."""

    model_config = ConfigDict(extra="forbid")

    title: Text = ""
    name: Text = ""
    email: Text = ""
    mobile: Text | StrictInt = ""
    amount: Text | StrictInt = Field("", description="Whole points.")
    remarks: Text = ""
    client_reference: Text = Field("", description="Yours. A reference that was used before is told.")


class About(Schema):
    """What a batch is for, and from which reward account it is given."""

    model_config = ConfigDict(extra="forbid")

    purpose: Text = Field(min_length=1, max_length=120, description="For example “Diwali 2026”.")
    account: int = Field(ge=1, le=2**63 - 1)
    new_people_only: bool = Field(False, description="Only people who have no card yet get points.")


class NewBatch(About):
    rows: list[NewRow] = Field(min_length=1, max_length=MOST_ROWS)


class ListSent(Schema):
    file_name: Text = Field("", max_length=200, description="Under which people see the list.")


class Upload(About, ListSent):
    """Of a batch whose list is streamed."""


@router.get("/batches", response={200: Batches, **READ_ANSWERS}, summary="List batches", **needs(Scope.READ))
def list_batches(request: Call, paging: Query[Older], state: BatchState | None = None) -> Batches:
    """Newest first."""
    states = frozenset({state} if state else ())
    found = batch_page(states=states, text="", before=paging.before, size=paging.limit)
    shown = [line.batch for line in found.lines]
    prefetch_related_objects(shown, "editors", "votes")
    items = [batch_out(batch, in_full=sees_people(request, batch)) for batch in shown]
    return Batches(items=items, next=found.before)


@router.post("/batches", response={202: BatchOut, **CHANGE_ANSWERS}, summary="Make", **needs(Scope.WRITE))
def create_batch(request: Call, new: NewBatch, sent: Header[Once]) -> HttpResponse:
    """Makes a batch of up to 10,000 rows, which are then checked: read the batch until it is no longer “checking”."""
    content = ContentFile(_lines(new.rows))
    return once(request, _making(request, new, content, "list.jsonl"), sent=sent, status=202)


@router.post(
    "/batches/upload",
    response={202: BatchOut, **CHANGE_ANSWERS},
    summary="Make with a file or a stream",
    **needs(Scope.WRITE, **LIST_BODY),
)
def upload_batch(request: Call, new: Query[Upload], sent: Header[Once]) -> HttpResponse:
    """Makes a batch whose list is the body: JSON Lines, CSV or XLSX, as long as the portal's limits allow."""
    with received(request, name=new.file_name) as body:
        make = _making(request, new, body.file, body.name)
        return once(request, make, sent=sent, status=202, body=body.sha256)


@router.get("/batches/{batch_id}", response={200: BatchDetail, **READ_ANSWERS}, summary="Read", **needs(Scope.READ))
def read_batch(request: Call, response: HttpResponse, batch_id: Id) -> BatchDetail:
    """With its list and the problems in it by cause. The ETag goes into If-Match of changes."""
    batch = get_object_or_404(Batch, pk=batch_id)
    in_full, listed = sees_people(request, batch), sees_list(request, batch)
    detail = batch_detail(batch, newest_upload(batch_id), in_full=in_full, sees_list=listed)
    response["ETag"] = tag_of(detail)
    return detail


@router.put(
    "/batches/{batch_id}/list",
    response={200: BatchOut, **CHANGE_ANSWERS},
    summary="Replace the list",
    **needs(Scope.WRITE, **LIST_BODY),
)
def replace_list(request: Call, batch_id: Id, about: Query[ListSent], sent: Header[Met]) -> HttpResponse:
    """Before submission. The rows of the body take the place of the former ones."""
    with received(request, name=about.file_name) as body, changing(batch_id, sent):
        batches.replace_list(request.auth.actor, batch_id=batch_id, file_name=body.name, content=body.file, kind="file")
    return changed(batch_id)


def _making(request: Call, about: About, content: "File[bytes]", file_name: str) -> Callable[[UUID, Keep], None]:
    def make(name: UUID, keep: Keep) -> None:
        with transaction.atomic():
            batch = batches.create_batch(
                request.auth.actor,
                purpose=about.purpose,
                account_id=about.account,
                is_points_allocation=not about.new_people_only,
                file_name=file_name,
                content=content,
                kind="file",
                form_key=name,
            )
            keep(batch)

    return make


def _lines(rows: Iterable[NewRow]) -> bytes:
    """As JSON Lines, the one form in which programs send lists."""
    lines = (json.dumps(row.model_dump(exclude_unset=True), ensure_ascii=False) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")
