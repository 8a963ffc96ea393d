"""Rows whose outcome is unknown: wait, look up, then perhaps send the same reference again, else ask people."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from allocations.domain.answers import Verdict
from allocations.domain.calls import CallResult
from allocations.domain.lookups import judge, without_reuse
from allocations.domain.outcomes import Outcome, Reason
from allocations.domain.pauses import Pause
from allocations.domain.recovery import Step, Undecided, after_look_up, before_look_up
from allocations.domain.states import ATTEMPT, UNDECIDED_BY_US, AttemptEvent, AttemptState, RowState, move
from allocations.enkash.errors import EnkashError
from allocations.gateway import Gateway
from allocations.models import Account, Attempt, Chunk, Row
from allocations.models.runs import ChunkState
from allocations.services import answering, histories, holds, keeping, outcomes, runs, second_credits, stop_loss, trail
from allocations.services.keeping import Kept
from allocations.services.leases import Claim, lock_run, postpone, still_mine

LOOKUP_RETRY = timedelta(seconds=60)
_LOST = (AttemptState.UNKNOWN, AttemptState.RESOLVED)


def recover_abandoned(claim: Claim, *, gateway: Gateway) -> None:
    """What a dead worker left: a stored or spooled answer is read; an intent without answer becomes unknown."""
    if claim.fresh:
        return
    attempt = Attempt.objects.filter(
        chunk_id=claim.chunk_id, state__in=(AttemptState.INTENT, AttemptState.ANSWERED)
    ).first()
    if attempt is None:
        return
    if attempt.state == AttemptState.ANSWERED or keeping.take_spooled(attempt) is Kept.IN_TIME:
        answering.apply_answer(attempt.pk, gateway=gateway)
        return
    with transaction.atomic(durable=True):
        lock_run(claim.run_id)
        # Overtaken meanwhile: the intent may be another worker's, whose call is on its way.
        if still_mine(claim):
            _give_up_intent(claim, gateway=gateway)


def _give_up_intent(claim: Claim, *, gateway: Gateway) -> None:
    now = gateway.clock()
    chunk = Chunk.objects.select_related("run").get(pk=claim.chunk_id)
    attempt = chunk.attempts.filter(state=AttemptState.INTENT).first()
    # Until its lease ended the dead worker's request could still have been on the wire.
    ended_at = claim.abandoned_at or now
    lost = attempt and Attempt.objects.filter(pk=attempt.pk, state=AttemptState.INTENT).update(
        state=move(ATTEMPT, AttemptState.INTENT, AttemptEvent.LOSE),
        quiet_since=ended_at,
        message="The worker ended before the answer came.",
    )
    if not (attempt and lost):
        return
    rows = list(attempt.rows.values_list("row_id", flat=True))
    outcomes.lose_sight(rows, reason=Reason.NO_ANSWER, now=now)
    # A quiet time that counts from a later instant already is not shortened.
    quiet_since = max(ended_at, chunk.quiet_since or ended_at)
    due = quiet_since + gateway.timing.recovery.quiet
    Chunk.objects.filter(pk=chunk.pk).update(quiet_since=quiet_since, next_action_at=due, lookups_failed=0)
    Account.objects.filter(batches__runs=claim.run_id).update(balance_stale=True)
    outcomes.recount([chunk.pk])
    stop_loss.watch_lost(chunk.run, len(rows), now=now)
    batch_id = chunk.run.batch_id
    trail.write_entry("attempt abandoned", at=now, object_type="attempt", object_id=attempt.pk, batch_id=batch_id)


def resolve_unknown(claim: Claim, *, gateway: Gateway) -> bool:
    """Whether the chunk may be sent now. Nothing unknown: yes. Else only as the recovery rules say."""
    rows = [] if claim.fresh else list(_to_look_up(claim.chunk_id))
    if not rows:
        return True
    chunk = Chunk.objects.select_related("run__batch__account").get(pk=claim.chunk_id)
    facts = _facts(chunk, now=gateway.clock())
    if before_look_up(facts, rules=gateway.timing.recovery, now=gateway.clock()) is Step.WAIT:
        postpone(claim, facts.quiet_since + gateway.timing.recovery.quiet)
        return False
    verdicts = _look_up(chunk, rows, gateway=gateway)
    return _act(claim, chunk, facts, rows, verdicts, gateway=gateway)


def _to_look_up(chunk_id: int) -> QuerySet[Row]:
    pending_ids = Q(state=RowState.CREDITED, transaction_id__isnull=True)
    return Row.objects.filter(Q(state=RowState.UNKNOWN) | pending_ids, chunk_id=chunk_id).order_by("number")


def _facts(chunk: Chunk, *, now: datetime) -> Undecided:
    """`tries` counts calls that left rows unknown: one that was refused as a whole is no reason to give up."""
    silent = Q(result=CallResult.ROWS, rows__outcome=Outcome.UNKNOWN)
    attempts = chunk.attempts.filter(Q(state__in=_LOST) | silent).distinct()
    return Undecided(
        quiet_since=chunk.quiet_since or now,
        first_sent_at=min((attempt.sent_at for attempt in attempts), default=chunk.quiet_since or now),
        tries=len(attempts),
        gives_to_existing=chunk.run.batch.is_points_allocation,
        cancelled=chunk.run.cancelled_at is not None,
    )


def _look_up(chunk: Chunk, rows: Sequence[Row], *, gateway: Gateway) -> list[Verdict | None] | None:
    """One verdict or None per row; None altogether when EnKash gave no usable answer."""
    try:
        return look_up(chunk, rows, gateway=gateway)
    except EnkashError:
        return None


def look_up(chunk: Chunk, rows: Sequence[Row], *, gateway: Gateway) -> list[Verdict | None]:
    """One verdict or None per row. Raises EnkashError when EnKash gave no usable answer."""
    account = chunk.run.batch.account
    found = gateway.client.find_transactions(
        [row.reference for row in rows], company_id=account.company_id, card_account_id=account.card_account_id
    )
    verdicts = [judge(answering.sent_row(row, sent_before=True), found) for row in rows]
    believed = histories.without_stale_failures(verdicts, rows)
    return without_reuse(believed, taken=answering.holders(t.transaction_id for t in found))


def _act(
    claim: Claim,
    chunk: Chunk,
    facts: Undecided,
    rows: Sequence[Row],
    verdicts: Sequence[Verdict | None] | None,
    *,
    gateway: Gateway,
) -> bool:
    now = gateway.clock()
    with transaction.atomic(durable=True):
        lock_run(claim.run_id)
        if not still_mine(claim):
            return False
        failed = chunk.lookups_failed + 1 if verdicts is None else 0
        known = [verdict for verdict in verdicts or () if verdict]
        settled = [verdict for verdict in known if verdict.outcome is not Outcome.UNKNOWN]
        newly_found = outcomes.apply_verdicts(settled, now=now)
        if newly_found < len(settled):
            second_credits.hold_second_credits(settled, run=chunk.run, now=now)
        outcomes.fill_transaction_ids(settled)
        Chunk.objects.filter(pk=chunk.pk).update(lookups_failed=failed)
        tell_look_up(chunk, rows, settled, failed=failed, now=now)
        if any(verdict.outcome is Outcome.ANOMALY for verdict in settled):
            runs.pause_by_itself(chunk.run, Pause.IMPOSSIBLE, now=now)
        outcomes.recount([chunk.pk])
        stop_loss.watch(chunk.run, settled, now=now)
        return _next(claim, chunk, facts, newly_found, len(known) - len(settled), failed, gateway=gateway)


def _next(
    claim: Claim,
    chunk: Chunk,
    facts: Undecided,
    newly_found: int,
    undecided: int,
    failed: int,
    *,
    gateway: Gateway,
) -> bool:
    now, rules = gateway.clock(), gateway.timing.recovery
    left = list(_to_look_up(chunk.pk))
    unknown = [row for row in left if row.state == RowState.UNKNOWN]
    if not unknown:
        if left:
            _wait_for_ids(claim, chunk.lookups_failed + 1, gateway=gateway)
        return not left
    step = after_look_up(
        facts,
        rules=rules,
        now=now,
        newly_found=newly_found,
        undecided=undecided or _known_at_enkash(unknown),
        lookups_failed=failed,
    )
    match step:
        case Step.RESEND if holds.frozen():
            postpone(claim, now + min(rules.quiet, LOOKUP_RETRY))
        case Step.RESEND:
            return True
        case Step.ASK_PEOPLE:
            _ask_people(chunk, now=now)
        case Step.WAIT | Step.LOOK_UP:
            # Something new was found: the request may still be running, so the quiet time starts over.
            Chunk.objects.filter(pk=chunk.pk).update(quiet_since=now if newly_found else facts.quiet_since)
            postpone(claim, now + (min(rules.quiet, LOOKUP_RETRY) if failed else rules.quiet))
    return False


def _known_at_enkash(unknown: Sequence[Row]) -> int:
    """How many are left if EnKash said of each that it has the reference: to send them again would tell no more."""
    known = [row for row in unknown if row.reason_code == Reason.DUPLICATE_REFERENCE]
    return len(known) if len(known) == len(unknown) else 0


def _wait_for_ids(claim: Claim, fruitless: int, *, gateway: Gateway) -> None:
    """The credit is proved, only its transaction id is missing: worth some look-ups, not more."""
    rules = gateway.timing.recovery
    chunk = Chunk.objects.filter(pk=claim.chunk_id)
    if fruitless >= rules.max_lookup_failures:
        disputed = Row.objects.filter(chunk_id=claim.chunk_id, state__in=UNDECIDED_BY_US).exists()
        chunk.update(state=ChunkState.PEOPLE if disputed else ChunkState.DONE, next_action_at=None)
        return
    # Counted as a failed look-up although EnKash may have answered, so that the waiting ends.
    chunk.update(lookups_failed=fruitless)
    postpone(claim, gateway.clock() + min(rules.quiet, LOOKUP_RETRY))


def _ask_people(chunk: Chunk, *, now: datetime) -> None:
    """Nothing more may be sent by itself. Rows of the chunk that never went out stay pending and wait with it."""
    Chunk.objects.filter(pk=chunk.pk).update(state=ChunkState.PEOPLE, next_action_at=None)
    trail.write_entry(
        "people asked", at=now, object_type="chunk", object_id=chunk.pk, batch_id=chunk.run.batch_id, rows=chunk.unknown
    )


def tell_look_up(chunk: Chunk, rows: Sequence[Row], settled: Sequence[Verdict], *, failed: int, now: datetime) -> None:
    """`rows`: those that were asked for."""
    numbers = {row.pk: row.number for row in rows}
    trail.write_entry(
        "look-up failed" if failed else "looked up",
        at=now,
        object_type="chunk",
        object_id=chunk.pk,
        batch_id=chunk.run.batch_id,
        asked=len(rows),
        found=len(settled),
        decided=[[numbers[verdict.row_id], verdict.outcome.value, verdict.transaction_id] for verdict in settled],
    )
