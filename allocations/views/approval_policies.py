"""The approval policy: what is in force, how it came to be, and a change of it by two people."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from allocations.domain.approval_policies import Terms, can_propose, check_propose
from allocations.domain.approver_groups import can_make_group
from allocations.domain.known import check_known
from allocations.domain.policy import Actor, Role
from allocations.domain.policy_replay import replay
from allocations.forms.approval_policies import PolicyForm
from allocations.models import ApprovalPolicy
from allocations.presenters import approval_policies as words
from allocations.selectors import approval_policies as reads
from allocations.selectors.approver_groups import counting_members, group_names, groups_with_members
from allocations.selectors.roster import count_with, is_owner
from allocations.services import approval_policies
from allocations.views.gates import action, form_page, page


@page
def policies(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    agreed, waiting = reads.in_force(), reads.proposed_policy()
    context: dict[str, object] = {
        "number": agreed.number,
        "lines": words.term_lines(agreed.terms, ceilings=reads.ceilings()),
        "history": [(one, words.history_line(one), _terms(one)) for one in reads.agreed_policies()],
        "first": words.FIRST_LINE,
        "turned_down": [(one, words.history_line(one)) for one in reads.turned_down_policies(10)],
        "can_propose": can_propose(actor) and waiting is None,
        "groups": groups_with_members(),
        "can_make_group": can_make_group(actor),
    }
    if waiting:
        terms = reads.terms_of(waiting)
        context["desk"] = words.desk(waiting, actor, by_an_owner=is_owner(waiting.proposed_by_id))
        context |= _consequences(terms)
    return render(request, "allocations/policies/page.html", context)


@form_page
def propose(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Its second button stores nothing: it shows what the terms would have done."""
    check_propose(actor)
    # Before anything is typed: the page on which one shows who one is would lose it.
    check_known(actor, now=timezone.now())
    agreed = reads.in_force()
    form = PolicyForm(request.POST) if request.method == "POST" else PolicyForm(initial=words.typed(agreed.terms))
    is_right = form.is_bound and form.is_valid()
    if is_right and not form.is_trial:
        approval_policies.propose_policy(actor, terms=form.terms, note=form.cleaned_data["note"])
        messages.info(request, _("You proposed another policy. It counts when another owner or approver confirms it."))
        return redirect("allocations:policies")
    now = words.term_lines(agreed.terms, ceilings=reads.ceilings())
    context: dict[str, object] = {
        "form": form,
        "fields": [(line, form[line.name]) for line in now],
        "groups": group_names(),
    }
    if is_right:
        context |= _consequences(form.terms)
    status = 422 if form.is_bound and not is_right else 200
    return render(request, "allocations/policies/propose.html", context, status=status)


@action
def confirm(request: HttpRequest, actor: Actor, policy_id: int) -> HttpResponseBase:
    policy = approval_policies.confirm_policy(actor, policy_id=policy_id)
    messages.info(request, _("Policy %(number)s is in force from now on.") % {"number": policy.number})
    return redirect("allocations:policies")


@action
def refuse(request: HttpRequest, actor: Actor, policy_id: int) -> HttpResponseBase:
    approval_policies.refuse_policy(actor, policy_id=policy_id)
    messages.info(request, _("The proposed policy is off. Nothing changed."))
    return redirect("allocations:policies")


def _terms(policy: ApprovalPolicy) -> list[words.TermLine]:
    return words.term_lines(reads.terms_of(policy), ceilings=reads.ceilings())


def _consequences(terms: Terms) -> dict[str, object]:
    """What the terms would change, beside those in force and over the batches of late."""
    agreed, ceilings = reads.in_force(), reads.ceilings()
    batches, past, given = reads.recent_past(terms)
    members = counting_members()
    fates = replay(terms.within(**ceilings), past, given=given, members=members)
    return {
        "compared": words.term_lines(agreed.terms, terms, ceilings=ceilings),
        "warnings": words.warnings(
            terms,
            approvers=count_with(Role.APPROVER),
            number=agreed.number,
            void=reads.void_with_another(agreed.number),
            members={name: len(ids) for name, ids in members.items()},
        ),
        "what_if": words.what_if(batches, past, fates, terms=terms),
    }
