"""Tokens for programs, and what programs can do with them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.api.portal import api
from allocations.domain.api_tokens import MEANS, can_make_token, can_revoke_others, check_make_token
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.webhooks import can_manage
from allocations.forms.api_tokens import TokenForm
from allocations.presenters import api_reference
from allocations.presenters.api_tokens import token_lines
from allocations.selectors.api_tokens import tokens_of, tokens_of_others
from allocations.services import api_tokens
from allocations.views.gates import action, form_page, page

_BASE = "/api/v1/"


@page
def tokens(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = timezone.now()
    context = {
        "own": token_lines(tokens_of(actor.id), now=now, may_revoke=True),
        "others": token_lines(tokens_of_others(actor.id), now=now, may_revoke=True) if can_revoke_others(actor) else [],
        "can_make": can_make_token(actor),
        "can_tell": can_manage(actor),
    }
    return render(request, "allocations/api_tokens/page.html", context)


@form_page
def make_token(request: HttpRequest, actor: Actor) -> HttpResponse:
    check_make_token(actor)
    # Before anything is typed: the page on which one shows who one is would lose it.
    check_known(actor, now=timezone.now())
    form = TokenForm(request.POST) if request.method == "POST" else TokenForm()
    if form.is_bound and form.is_valid():
        token, text = api_tokens.make_token(actor, **form.cleaned_data)
        # The answer to the POST itself: the token is kept nowhere, so there is no page to go to.
        return render(request, "allocations/api_tokens/made.html", {"token": token, "text": text})
    context = {"form": form, "chosen": form["scopes"].value() or [], "means": _means()}
    return render(request, "allocations/api_tokens/make.html", context, status=422 if form.is_bound else 200)


@action
def revoke_token(request: HttpRequest, actor: Actor, token_id: int) -> HttpResponse:
    api_tokens.revoke_token(actor, token_id=token_id)
    messages.info(request, _("The token is revoked. Calls with it are refused from now on."))
    return redirect("allocations:api-tokens")


@page
def reference(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - as every view
    document = api.get_openapi_schema(path_prefix=_BASE)
    context = {
        "about": document["info"]["description"].replace("`", "").split("\n\n"),
        "parts": api_reference.parts(document),
        "shapes": api_reference.shapes(document),
        "scopes": _means(),
        "address": f"{settings.PORTAL_URL.rstrip('/')}{_BASE}",
    }
    return render(request, "allocations/api_tokens/reference.html", context)


@page
def openapi(request: HttpRequest, actor: Actor) -> HttpResponse:  # noqa: ARG001 - as every view
    return JsonResponse(api.get_openapi_schema(path_prefix=_BASE), json_dumps_params={"indent": 2})


def _means() -> list[tuple[str, str]]:
    """What each scope lets a program do, in the language of the page."""
    return [(scope, _(means)) for scope, means in MEANS.items()]
