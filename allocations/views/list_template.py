"""The template for lists, as a download."""

from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from allocations.domain.policy import Actor
from allocations.imports.list_template import template_with_people, write_template
from allocations.models import Batch
from allocations.views.gates import action, page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def download_template(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - the gate's signature
    headers = {"Content-Disposition": 'attachment; filename="reward-points-list.xlsx"'}
    out = BytesIO()
    write_template(out)
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)


@action
def download_people(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:  # noqa: ARG001 - as every view
    """The template with the people of a batch. POST, because it leaves an entry in the trail."""
    get_object_or_404(Batch, pk=batch_id)
    made = template_with_people(actor, batch_id=batch_id)
    return FileResponse(made.file, as_attachment=True, filename=made.name, content_type=XLSX)
