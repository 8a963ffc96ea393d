"""Views of the search that somebody keeps."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from allocations.domain.policy import Actor
from allocations.forms.searches import search_of
from allocations.services import saved_views as services
from allocations.views.gates import action


@action
def save_view(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The filter goes through the form of the search: what that would ignore is not kept."""
    asked = search_of(request.POST)
    name = request.POST.get("name", "")[:60].replace("\x00", "")
    services.save_view(actor, name=name, query=asked.filter_query, purpose=asked.purpose)
    return redirect(f"{reverse('allocations:search')}?{asked.filter_query}")


@action
def delete_view(request: HttpRequest, actor: Actor, view_id: int) -> HttpResponseBase:  # noqa: ARG001 - as any view
    services.delete_view(actor, view_id=view_id)
    return redirect("allocations:search")
