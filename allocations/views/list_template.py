"""The template for lists, as a download."""

from django.http import HttpRequest, HttpResponse

from allocations.domain.policy import Actor
from allocations.imports.list_template import list_template
from allocations.views.gates import page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def download_template(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - the gate's signature
    headers = {"Content-Disposition": 'attachment; filename="reward-points-list.xlsx"'}
    return HttpResponse(list_template(), content_type=XLSX, headers=headers)
