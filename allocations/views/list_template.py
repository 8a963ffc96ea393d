"""The template for lists, as a download."""

from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from allocations.domain.policy import Actor
from allocations.exports.list_template import template_with_people, write_template
from allocations.models import Batch
from allocations.views.files import TYPES, handed_out, in_english
from allocations.views.gates import action, page


@page
def download_template(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - the gate's signature
    headers = {"Content-Disposition": 'attachment; filename="reward-points-list.xlsx"'}
    out = BytesIO()
    in_english(write_template, out)
    return HttpResponse(out.getvalue(), content_type=TYPES["xlsx"], headers=headers)


@action
def download_people(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponseBase:  # noqa: ARG001 - as every view
    """The template with the people of a batch. POST, because it leaves an entry in the trail."""
    get_object_or_404(Batch, pk=batch_id)
    return handed_out(in_english(template_with_people, actor, batch_id=batch_id), "xlsx")
