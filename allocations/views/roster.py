"""The people of the portal: the list, inviting, and one person's roles and account."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.domain.errors import InvalidInput
from allocations.domain.known import check_known
from allocations.domain.policy import Actor, Role
from allocations.domain.roster import GIVEN_BY_TWO, can_invite, check_invite, check_see_people
from allocations.forms.roster import InviteForm, RoleForm
from allocations.presenters import roster as words
from allocations.presenters.approver_groups import group_lines
from allocations.presenters.roles import role_title
from allocations.presenters.stories import person as name_of
from allocations.selectors import roster as reads
from allocations.selectors.approver_groups import all_groups
from allocations.services import roles, roster
from allocations.services.roster import Invitation, NewPerson
from allocations.views.gates import action, form_page, page


@page
def people(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    check_see_people(actor)
    context = {
        "lines": [words.member_line(member) for member in reads.members()],
        "proposals": words.proposal_lines(reads.role_proposals().prefetch_related("person__groups"), actor),
        "can_invite": can_invite(actor),
        "alone": "" if reads.may_decide_roles(besides=frozenset({actor.id})) else words.NOBODY_ELSE,
    }
    return render(request, "allocations/people/page.html", context)


@form_page
def invite(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    check_invite(actor)
    # Before anything is typed: the page on which one shows who one is would lose it.
    check_known(actor, now=timezone.now())
    form = InviteForm(request.POST) if request.method == "POST" else InviteForm()
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data.pop("roles")
        invitation = roster.invite_person(actor, NewPerson(**form.cleaned_data), roles=[Role(role) for role in chosen])
        return _show_link(request, actor, invitation)
    context = {
        "form": form,
        "chosen": form["roles"].value() or [],
        "means": [(role, role_title(role), _(words.MEANS[role]), role in GIVEN_BY_TWO) for role in Role],
    }
    return render(request, "allocations/people/invite.html", context, status=422 if form.is_bound else 200)


@page
def person(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    check_see_people(actor)
    member = reads.member(person_id)
    if member is None:
        raise Http404
    context = {
        "line": words.member_line(member),
        "desk": words.desk(member, actor),
        "groups": group_lines(all_groups(), member, actor),
        "decided": [(one, words.decided_line(one)) for one in reads.decided_roles(person_id, 10)],
    }
    return render(request, "allocations/people/person.html", context)


@action
def make_link(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    return _show_link(request, actor, roster.make_link(actor, person_id=person_id))


def _show_link(request: HttpRequest, actor: Actor, invitation: Invitation) -> HttpResponseBase:
    """The answer to the POST itself: the link is kept nowhere, so there is no page to go to."""
    address = reverse("account_reset_password_from_key", args=[invitation.uid, invitation.key])
    # Not from the request: a Host header of somebody else's would stand in the mail.
    link = f"{settings.PORTAL_URL.rstrip('/')}{address}"
    invited = invitation.person
    mail = words.invitation_mail(name=name_of(invited), by=actor.name, username=invited.username, link=link)
    mailed = roster.mail_invitation(invitation, subject=mail.subject, text=mail.text)
    context = {"person": invited, "name": name_of(invited), "link": link, "mailed": mailed}
    return render(request, "allocations/people/link.html", context)


@action
def give_role(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    role = _role(request)
    proposal = roles.give_role(actor, person_id=person_id, role=role)
    proposed = _("The role %(role)s is proposed. It counts when another owner or approver confirms it.")
    given = _("The role %(role)s is given. It counts from now on.")
    messages.info(request, (proposed if proposal else given) % {"role": role})
    return redirect("allocations:person", person_id=person_id)


@action
def take_role(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    role = _role(request)
    roles.take_role(actor, person_id=person_id, role=role)
    messages.info(request, _("The role %(role)s is taken away. It counts from now on.") % {"role": role})
    return redirect("allocations:person", person_id=person_id)


@action
def deactivate(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    roster.deactivate_person(actor, person_id=person_id)
    messages.info(request, _("The account is deactivated, and every session of theirs has ended."))
    return redirect("allocations:person", person_id=person_id)


@action
def reactivate(request: HttpRequest, actor: Actor, person_id: int) -> HttpResponseBase:
    gone = roster.reactivate_person(actor, person_id=person_id)
    without = _("The account is active again. Without %(roles)s: that takes two people again.")
    text = without if gone else _("The account is active again.")
    messages.info(request, text % {"roles": _(" and ").join(sorted(gone))})
    return redirect("allocations:person", person_id=person_id)


@action
def confirm(request: HttpRequest, actor: Actor, role_proposal_id: int) -> HttpResponseBase:
    proposal = roles.confirm_role(actor, proposal_id=role_proposal_id)
    messages.info(request, words.confirmed(proposal))
    return redirect("allocations:people")


@action
def refuse(request: HttpRequest, actor: Actor, role_proposal_id: int) -> HttpResponseBase:
    proposal = roles.refuse_role(actor, proposal_id=role_proposal_id)
    said = {"name": name_of(proposal.person), "given": words.given(proposal)}
    messages.info(request, _("%(name)s does not get %(given)s.") % said)
    return redirect("allocations:people")


def _role(request: HttpRequest) -> Role:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("There is no such role. Open the page again and use its buttons.")
    role: Role = form.cleaned_data["role"]
    return role
