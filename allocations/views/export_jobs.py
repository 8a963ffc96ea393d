"""Large exports: the list of one's own, the watched writing of one, and its file."""

from typing import BinaryIO, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone

from allocations.domain.errors import StateConflict
from allocations.domain.policy import Actor, check_export
from allocations.models import ExportJob
from allocations.presenters.export_jobs import line
from allocations.selectors.export_jobs import export_of, exports_of
from allocations.services.exporting import check_download
from allocations.views.files import Stored, handed_out
from allocations.views.gates import page, wants_fragment


@page
def list_exports(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_export(actor)
    now = timezone.now()
    lines = [line(one, now=now) for one in exports_of(actor.id)]
    return render(request, "allocations/exports/list.html", {"lines": lines})


@page
def show_export(request: HttpRequest, actor: Actor, export_id: int) -> HttpResponse:
    """The page, and the part of it that asks for itself again until the writing has ended."""
    export = _own(actor, export_id)
    told = line(export, now=timezone.now())
    if not wants_fragment(request):
        return render(request, "allocations/exports/page.html", {"line": told})
    if not told.delay:
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("allocations:export", export_id=export_id)})
    return render(request, "allocations/exports/_progress.html", {"line": told})


@page
def download(request: HttpRequest, actor: Actor, export_id: int) -> HttpResponseBase:  # noqa: ARG001 - the gate's signature
    export = _own(actor, export_id)
    check_download(actor, export)
    try:
        file = export.file.open("rb")
    except FileNotFoundError:
        raise StateConflict("The portal no longer has the file. Export anew, and tell who runs the portal.") from None
    stored = Stored(cast("BinaryIO", file), export.name, export.sha256)
    return handed_out(stored, export.kind, Export_Rows=export.rows_done)


def _own(actor: Actor, export_id: int) -> ExportJob:
    check_export(actor)
    export = export_of(actor.id, export_id)
    if export is None:
        raise Http404(f"You have no export {export_id}.")
    return export
