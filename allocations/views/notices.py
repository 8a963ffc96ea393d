"""What a person was told, and which of it comes by mail too."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from allocations.domain.notices import NoticeKind
from allocations.domain.policy import Actor
from allocations.presenters.notices import LABELS, line
from allocations.selectors import notices as reads
from allocations.services.notices import choose_mails, mark_read
from allocations.views.gates import action, form_page


@form_page
def notices(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """POST: all of them were read."""
    if request.method == "POST":
        mark_read(actor)
        return redirect("allocations:notices")
    wanted = reads.wanted_mails(actor.id)
    context = {
        "lines": [line(one) for one in reads.notices_of(actor.id)],
        "kinds": [(kind, _(label), kind in wanted) for kind, label in LABELS.items()],
    }
    return render(request, "allocations/notices/page.html", context)


@action
def choose(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    choose_mails(actor, wanted=frozenset(NoticeKind) & {*request.POST.getlist("kind")})
    messages.info(request, _("Kept. It holds for what happens from now on."))
    return redirect("allocations:notices")
