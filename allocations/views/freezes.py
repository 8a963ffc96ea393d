"""The switch that stops all sending, and its release by two people."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor, check_freeze
from allocations.forms.freezes import FreezeForm
from allocations.presenters import freezes as words
from allocations.presenters.holds import when
from allocations.selectors.freezes import open_freeze, past_freezes
from allocations.selectors.holds import hold
from allocations.services import freezes
from allocations.views.gates import action, form_page


@form_page
def freeze(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    form = FreezeForm(request.POST) if request.method == "POST" else FreezeForm()
    if form.is_bound:
        check_freeze(actor)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            frozen = freezes.freeze_sending(actor, reason=reason)
            messages.info(request, words.after_freezing(frozen, actor, reason=reason))
            return redirect("allocations:freeze")
    current = open_freeze()
    context = {
        "freeze": current,
        "switch": words.switch(current, actor),
        "past": [(one, words.past(one)) for one in past_freezes(10)],
        "form": form,
    }
    return render(request, "allocations/freezes/page.html", context, status=422 if form.is_bound else 200)


@action
def propose(request: HttpRequest, actor: Actor, freeze_id: int) -> HttpResponseBase:
    freezes.propose_release(actor, freeze_id=freeze_id)
    messages.info(request, _("You proposed the release. Another approver or owner must confirm it."))
    return redirect("allocations:freeze")


@action
def refuse(request: HttpRequest, actor: Actor, freeze_id: int) -> HttpResponseBase:
    freezes.withdraw_proposal(actor, freeze_id=freeze_id)
    messages.info(request, _("The proposed release is off. All sending stays frozen."))
    return redirect("allocations:freeze")


@action
def confirm(request: HttpRequest, actor: Actor, freeze_id: int) -> HttpResponseBase:
    freezes.confirm_release(actor, freeze_id=freeze_id)
    said = _("You released the freeze. What was running goes on %(when)s.") % {"when": when(hold())}
    messages.info(request, said)
    return redirect("allocations:freeze")
