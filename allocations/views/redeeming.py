"""A person's own page at EnKash."""

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from allocations.domain.known import is_fresh
from allocations.domain.policy import Actor
from allocations.domain.redeeming import can_open_page
from allocations.domain.revealing import LONGEST
from allocations.models import Row
from allocations.services.redeeming import open_redeem_page
from allocations.views.gates import action
from allocations.views.revealing import causes
from allocations.views.step_up import known_page


@dataclass(frozen=True, slots=True)
class RedeemForm:
    """`known_first`: the page on which somebody shows who they are, if that comes before the form."""

    known_first: str
    causes: tuple[tuple[str, str], ...] = field(default_factory=causes)
    longest: int = LONGEST


def redeem_form(request: HttpRequest, actor: Actor, row: Row) -> RedeemForm | None:
    """None where the person may not open it, or there is nothing to open."""
    if not can_open_page(actor, card_id=row.card_id, is_set_up=bool(settings.ENKASH_SSO_URL)):
        return None
    is_known = is_fresh(actor.known_at, now=timezone.now())
    return RedeemForm(known_first="" if is_known else known_page(request.path))


@action
def open_page(request: HttpRequest, actor: Actor, batch_id: int, number: int) -> HttpResponse:
    """A link instead of a redirect: the policy lets no form lead elsewhere, and the address is a key."""
    address = open_redeem_page(
        actor,
        batch_id=batch_id,
        number=number,
        cause=request.POST.get("cause", ""),
        words=request.POST.get("words", "").replace("\x00", ""),
    )
    context = {"address": address, "batch_id": batch_id, "number": number}
    return render(request, "allocations/person/opened.html", context)
