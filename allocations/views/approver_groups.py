"""Groups of approvers: making one, and one person's place in it. Confirming that is confirming a role."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor
from allocations.forms.approver_groups import GroupForm, NewGroupForm
from allocations.services import approver_groups
from allocations.views.gates import action


@action
def make(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    form = NewGroupForm(request.POST)
    group = approver_groups.make_group(actor, name=form.cleaned_data["name"] if form.is_valid() else "")
    messages.info(request, _("The group “%s” is made. Propose its members on their pages.") % group.name)
    return redirect("allocations:policies")


@action
def propose(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    proposal = approver_groups.propose_member(actor, person_id=person_id, group_id=_group(request))
    said = _("Proposed. It counts when another owner or approver confirms it.")
    messages.info(request, said if proposal else _("This person is in the group already."))
    return redirect("allocations:person", person_id=person_id)


@action
def take(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    approver_groups.take_member(actor, person_id=person_id, group_id=_group(request))
    messages.info(request, _("The person is out of the group. It counts from now on."))
    return redirect("allocations:person", person_id=person_id)


def _group(request: HttpRequest) -> int:
    form = GroupForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("There is no such group. Open the page again and use its buttons."))
    number: int = form.cleaned_data["group"]
    return number
