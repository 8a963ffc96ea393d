"""The passport of one row."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from allocations.domain.decisions import ProposalState, can_work_on_exceptions
from allocations.domain.policy import Actor
from allocations.domain.replacing import REPLACEABLE, can_replace
from allocations.domain.retention import ERASED
from allocations.domain.reversal_policy import check_request
from allocations.domain.states import RowState
from allocations.presenters import passports, people, reversals
from allocations.presenters.approvers import named
from allocations.presenters.exceptions import decision_status
from allocations.presenters.passports import paid_twice
from allocations.presenters.reasons import evidence_words, explain
from allocations.presenters.refusals import reason_of
from allocations.presenters.row_lines import said_of_row
from allocations.presenters.statuses import row_status
from allocations.selectors.exceptions import decisions_about, waits_for_people
from allocations.selectors.passports import Passport, passport_of
from allocations.selectors.replacements import replacement_of, successor_of
from allocations.selectors.reversals import reversals_of_row, row_takings
from allocations.views.gates import page
from allocations.views.revealing import masks, until_then


@page
def row(request: HttpRequest, actor: Actor, batch_id: int, number: int) -> HttpResponse:
    passport = passport_of(batch_id, number)
    if passport is None:
        raise Http404(f"Batch {batch_id} has no row {number}.")
    shown = masks(request, actor, passport.row)
    context = {
        "batch": passport.row.batch,
        "row": passport.row,
        "masks": shown,
        "in_full": shown.in_full,
        "why_no_reversal": reason_of(
            check_request, actor, RowState(passport.row.state), is_erased=passport.row.payload_hash == ERASED
        ),
        **_facts(passport, in_full=shown.in_full),
        **_decisions(passport, actor),
    }
    return until_then(render(request, "allocations/row/page.html", context), shown.until)


def _facts(passport: Passport, *, in_full: bool) -> dict[str, object]:
    found = passport.row
    return {
        "status": row_status(RowState(found.state)),
        "sentence": people.for_reader(passports.sentence(passport), in_full),
        "second_credit": passports.second_credit(passport),
        "contact": passports.contact(found, in_full=in_full),
        "payload": passports.payload(found, in_full=in_full),
        "before": passports.as_found(found, passport.upload, in_full=in_full),
        "by_hand": passport.by_hand,
        "explanation": explain(found.reason_code),
        "evidence": evidence_words(found.evidence),
        "problems": passports.findings(passport, in_full=in_full),
        "attempts": [
            (link, passports.attempt_words(link.attempt), said_of_row(link.outcome)) for link in passport.attempts
        ],
        "vote": passport.vote,
        "voters": named(passport.approvals or (passport.vote,)) if passport.vote else "",
        "takings": row_takings(found),
        "reversals": reversals.reversal_lines(list(reversals_of_row(found))),
    }


def _decisions(passport: Passport, actor: Actor) -> dict[str, object]:
    made = [(one, decision_status(one)) for one in decisions_about(passport.row)]
    replaces, replaced_by = replacement_of(passport.row), successor_of(passport.row)
    is_open = any(one.state == ProposalState.OPEN for one, _ in made)
    return {
        "decisions": made,
        "replaces": replaces,
        "replaced_by": replaced_by,
        "paid_twice": [
            one for made in (replaces, replaced_by) if made and (one := paid_twice(made.replaces, made.row))
        ],
        "replace": bool(passport.row.chunk_id)
        and passport.row.state in REPLACEABLE
        and not is_open
        and passport.row.payload_hash != ERASED
        and can_replace(actor),
        "decide": waits_for_people(passport.row) and not is_open and can_work_on_exceptions(actor),
    }
