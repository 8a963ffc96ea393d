"""A decision of two people about rows: proposing it, and its page with what the second person can do."""

from io import BytesIO
from uuid import uuid4

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from allocations.domain.decisions import EVIDENCE_MAX_BYTES, EVIDENCE_SUFFIXES, Decision, check_work_on_exceptions
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor, can_export, can_see_personal_data
from allocations.forms.decisions import DecisionForm, RefuseForm, row_numbers
from allocations.models import Batch, Proposal, Row
from allocations.presenters import exceptions as words
from allocations.selectors import exceptions as reads
from allocations.selectors.approvals import facts_of, own_row_among
from allocations.services import exceptions, proposals
from allocations.views.errors import status_of
from allocations.views.gates import action, form_page, page


@form_page
def new_decision(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """What became of the chosen rows, and how the proposer knows."""
    batch = get_object_or_404(Batch, pk=batch_id)
    check_work_on_exceptions(actor)
    posted = request.method == "POST"
    rows = reads.rows_to_decide(batch_id, row_numbers(request.POST if posted else request.GET))
    form = DecisionForm(request.POST, request.FILES, rows=rows) if posted else DecisionForm(rows=rows, form_key=uuid4())
    if not form.is_valid():
        return _show_form(request, batch, form, status=422 if posted else 200)
    try:
        made = proposals.propose(actor, batch_id=batch_id, said=form.said, file=form.cleaned_data["file"])
    except (InvalidInput, StateConflict) as error:
        form.add_error(None, error.sentence)
        return _show_form(request, batch, form, status=status_of(error))
    messages.info(request, _("Proposed. The rows wait until another person has confirmed it."))
    return redirect("allocations:decision", proposal_id=made.pk)


def _show_form(request: HttpRequest, batch: Batch, form: DecisionForm, *, status: int) -> HttpResponse:
    lines = [(words.exception_line(row), words.told_transactions(row), field) for row, field in form.lines]
    context = {
        "batch": batch,
        "form": form,
        "lines": lines,
        "max_bytes": EVIDENCE_MAX_BYTES,
        "suffixes": ",".join(EVIDENCE_SUFFIXES),
    }
    return render(request, "allocations/decisions/new.html", context, status=status)


@page
def decision(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponse:
    return _show(request, actor, _found(proposal_id))


def _found(proposal_id: int) -> Proposal:
    proposal = reads.decision_of(proposal_id)
    if proposal is None:
        raise Http404(f"There is no decision {proposal_id}.")
    return proposal


def _show(
    request: HttpRequest, actor: Actor, proposal: Proposal, *, refuse_form: RefuseForm | None = None
) -> HttpResponse:
    facts = facts_of(proposal.batch)
    own_row = own_row_among(Row.objects.filter(proposals__proposal=proposal), user_id=actor.id)
    acts = words.decision_acts(actor, proposal, facts, own_row=own_row)
    rows = list(reads.decided_rows(proposal))
    context = {
        "decision": proposal,
        "batch": proposal.batch,
        "title": words.decision_title(proposal, len(rows)),
        "status": words.decision_status(proposal),
        "outcome": words.outcome_status(proposal),
        "lines": [(line, words.exception_line(line.row)) for line in rows],
        "acts": acts,
        "refuse_form": refuse_form,
        # Who is to confirm it has to read what it rests on.
        "in_full": (acts.is_open and not acts.why_not)
        or actor.id == proposal.proposed_by_id
        or can_see_personal_data(actor, facts),
        "can_open": can_export(actor),
    }
    return render(request, "allocations/decisions/page.html", context, status=422 if refuse_form else 200)


@action
def confirm(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponse:
    _found(proposal_id)
    done = proposals.confirm(actor, proposal_id=proposal_id)
    failed = _("You confirmed that the rows are failed. They can be run again.")
    credited = _("You confirmed that the rows are credited. They stay credited.")
    messages.info(request, failed if done.outcome == Decision.FAILED else credited)
    return redirect("allocations:decision", proposal_id=proposal_id)


@action
def refuse(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponse:
    proposal = _found(proposal_id)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _show(request, actor, proposal, refuse_form=form)
    proposals.refuse(actor, proposal_id=proposal_id, reason=form.cleaned_data["reason"])
    messages.info(request, _("You rejected the decision. Its rows wait on; the proposer sees your reason."))
    return redirect("allocations:decision", proposal_id=proposal_id)


@action
def withdraw(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponse:
    _found(proposal_id)
    proposals.withdraw(actor, proposal_id=proposal_id)
    messages.info(request, _("You withdrew the decision. Its rows wait on."))
    return redirect("allocations:decision", proposal_id=proposal_id)


@action
def evidence(request: HttpRequest, actor: Actor, proposal_id: int) -> HttpResponseBase:  # noqa: ARG001 - every view takes the request
    """The attached file, never rendered. POST, because it leaves an entry in the trail."""
    _found(proposal_id)
    proposal, content = exceptions.open_evidence(actor, proposal_id=proposal_id)
    answer = FileResponse(
        BytesIO(content), as_attachment=True, filename=proposal.file_name, content_type="application/octet-stream"
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
