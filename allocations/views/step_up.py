"""Who is about to move points shows once more who they are: a password in the page's own form, or a page before it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from allocations.actors import actor_of, has_second_factor, note_proof, renew
from allocations.domain.errors import NotAllowed
from allocations.domain.known import is_fresh
from allocations.domain.policy import Actor


@dataclass(frozen=True, slots=True)
class StepUp:
    """`asks_password`: the form has a field for it. `first`: the page that comes before the form, if one does."""

    asks_password: bool
    first: str = ""


def step_up(actor: Actor, user: User, *, here: str) -> StepUp:
    """People with a second factor go to the page that asks for both; a password alone is asked in the form."""
    if user.has_usable_password() and not has_second_factor(user):
        return StepUp(asks_password=True)
    fresh = is_fresh(actor.known_at, now=timezone.now())
    return StepUp(asks_password=False, first="" if fresh else known_page(here))


def known_page(then: str) -> str:
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': then})}"


def count_as_guess(request: HttpRequest) -> RateLimitUsage:
    """In front of every form that asks for the person's own password; roll it back where that was right."""
    usage = ratelimit.consume(request, app="allauth.account", action="reauthenticate", user=request.user)
    if not usage:
        raise NotAllowed("Your password was typed wrongly too often. Nothing was done. Wait 15 minutes and try again.")
    return usage


def known_by_password(request: HttpRequest, user: User) -> Actor:
    """The actor after the form's password was right."""
    note_proof(request.session, user, "password", at=timezone.now())
    renew(request.session)
    return actor_of(user, request.session)
