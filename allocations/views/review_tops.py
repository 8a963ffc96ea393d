"""What stands above the rows of a list before submission: how it adds up, its problems by cause, the ways on."""

from django.conf import settings
from django.utils import timezone

from allocations.domain.accepting import LONGEST_REASON
from allocations.domain.approval_policies import Terms
from allocations.domain.policy import Actor, BatchFacts, can_correct, can_edit, can_see_personal_data, check_submit
from allocations.domain.readings import open_questions
from allocations.domain.repeats import against_repeating
from allocations.domain.row_limits import ROW_LIMITS
from allocations.domain.schedule import LONGEST_AHEAD
from allocations.forms.mappings import LABELS
from allocations.models import Batch, Upload
from allocations.presenters import review
from allocations.presenters.mappings import mapped
from allocations.presenters.needed import who_approves
from allocations.presenters.problems import cause_cards, not_accepted, unaccepted
from allocations.presenters.readings import how_read
from allocations.presenters.refusals import reason_of
from allocations.presenters.repairs import made
from allocations.presenters.repeats import repeated
from allocations.selectors import review as reads
from allocations.selectors.accepting import acceptances
from allocations.selectors.approval_policies import against_submitting, in_force
from allocations.selectors.corrections import correctable_rows, open_correction
from allocations.selectors.repairs import repairs_of
from allocations.selectors.repeats import kept_repeats
from allocations.selectors.replacements import is_replacement_batch
from allocations.selectors.wallets import wallet
from allocations.services.restored import against_change


def top_of(actor: Actor, batch: Batch, facts: BatchFacts, *, upload: Upload | None) -> dict[str, object]:
    equation = review.review_equation(batch, rows_in_file=_rows_in_file(batch, upload))
    questions = open_questions(upload.questions) if upload else []
    found = kept_repeats(batch.pk)
    cards = cause_cards(reads.causes(batch), acceptances(batch.pk))
    kept_because, terms = against_change(batch), in_force().terms
    return {
        "batch": batch,
        "can_change": can_edit(actor, facts),
        "kept_because": kept_because,
        "in_full": can_see_personal_data(actor, facts),
        "upload": upload,
        "twin": reads.same_file_elsewhere(upload) if upload else None,
        "equation": equation,
        "replaces": is_replacement_batch(batch.pk),
        "ready_rows": review.ready_rows(batch),
        "questions": questions,
        "how": how_read(upload) if upload else "",
        "against": review.reason_against_submitting(
            batch,
            adds_up=equation.adds_up,
            refused=reason_of(check_submit, actor, facts),
            unconfirmed=len(questions),
            unaccepted=not_accepted(unaccepted(cards)),
            limit=against_submitting(batch, terms),
            repeated=against_repeating(found, now=timezone.now(), days=settings.SAME_LIST_BLOCK_DAYS),
        ),
        "repeats": repeated(found),
        "longest_reason": LONGEST_REASON,
        "cards": cards,
        "has_beyond_limits": any(card.code in ROW_LIMITS for card in cards),
        "error_cards": [card for card in cards if card.is_error],
        "warning_cards": [card for card in cards if not card.is_error],
        "list_problems": reads.list_problems(batch.pk),
        "repairs": made(repairs_of(batch.pk)),
        "mapped": mapped(upload.header, upload.mapping, labels=LABELS) if upload else [],
        **_workbook(batch, actor, facts, kept=bool(kept_because)),
        **_forecast(batch, terms),
    }


def _workbook(batch: Batch, actor: Actor, facts: BatchFacts, *, kept: bool) -> dict[str, object]:
    """How many rows a correction workbook would hold; none for somebody who may not have it."""
    if kept or not can_correct(actor, facts):
        return {"workbook_rows": 0, "correction": None}
    return {"workbook_rows": correctable_rows(batch.pk).count(), "correction": open_correction(batch, actor.id)}


def _forecast(batch: Batch, terms: Terms) -> dict[str, object]:
    account = wallet(batch.account)
    after = None if account.free is None else account.free - batch.points_total
    return {
        "wallet": account,
        "minus_batch": -batch.points_total,
        "free_after": after,
        "missing_points": -after if after is not None else 0,
        "longest_ahead": LONGEST_AHEAD.days,
        "approvers": who_approves(terms, points=batch.points_total, rows=review.ready_rows(batch)),
    }


def _rows_in_file(batch: Batch, upload: Upload | None) -> int:
    return batch.row_count if upload is None or upload.rows_total is None else upload.rows_total
