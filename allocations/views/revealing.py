"""Revealing what a page masks: asked for with a reason, and kept for a while on the server, not in the page."""

from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.domain.known import is_fresh
from allocations.domain.policy import Actor, can_see_personal_data
from allocations.domain.revealing import LONGEST, WORDS, check_may_reveal
from allocations.models import Row
from allocations.presenters.refusals import reason_of
from allocations.selectors.approvals import facts_of
from allocations.selectors.reveals import revealed_until
from allocations.services.revealing import reveal_row
from allocations.views.gates import action
from allocations.views.step_up import known_page

_PAGES = {"row": "allocations:row", "person": "allocations:recipient"}


@action
def reveal(request: HttpRequest, actor: Actor, batch_id: int, number: int) -> HttpResponseBase:
    """`then`: the page to go back to, row or person."""
    cause, words = request.POST.get("cause", ""), request.POST.get("words", "").replace("\x00", "")
    reveal_row(actor, batch_id=batch_id, number=number, cause=cause, words=words)
    page = _PAGES.get(request.POST.get("then", ""), _PAGES["row"])
    return redirect(page, batch_id=batch_id, number=number)


def causes() -> tuple[tuple[str, str], ...]:
    """The reasons to choose from, in the language of the page."""
    return tuple((code, _(words)) for code, words in WORDS.items())


@dataclass(frozen=True, slots=True)
class Masks:
    """How the page of a row shows it: in full or not, until when, and what the form needs that asks for it.

    `known_first`: the page on which somebody shows who they are, if that comes before the form.
    """

    in_full: bool
    until: datetime | None
    may_reveal: bool
    known_first: str
    causes: tuple[tuple[str, str], ...] = field(default_factory=causes)
    longest: int = LONGEST


def masks(request: HttpRequest, actor: Actor, row: Row) -> Masks:
    facts = facts_of(row.batch)
    until = revealed_until(actor, row, now=timezone.now())
    in_full = can_see_personal_data(actor, facts) or until is not None
    may_reveal = not in_full and not reason_of(check_may_reveal, actor, facts)
    is_known = is_fresh(actor.known_at, now=timezone.now())
    return Masks(in_full, until, may_reveal, known_first="" if is_known else known_page(request.path))


def until_then(response: HttpResponse, *ends: datetime | None) -> HttpResponse:
    """The page is loaded again when the first of these ends, so that what was revealed does not stay on a screen."""
    known = [end for end in ends if end is not None]
    if known:
        response.headers["Refresh"] = str(max(1, int((min(known) - timezone.now()).total_seconds()) + 1))
    return response
