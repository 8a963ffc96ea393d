"""After the raw answer is kept: read it, then believe what it proves."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from allocations.domain.answers import AccountIds, Classified, Sent, Verdict
from allocations.domain.calls import RULES, CallResult, RowsAfter
from allocations.domain.chain import outcomes_root
from allocations.domain.continuity import balance_notes
from allocations.domain.matching import classify
from allocations.domain.outcomes import Outcome, Reason
from allocations.domain.states import ATTEMPT, AttemptEvent, AttemptState, move
from allocations.enkash.bulk_answer import BulkAnswer, read_bulk_answer
from allocations.enkash.contract.shapes import Call, Found
from allocations.enkash.transport import RawAnswer
from allocations.gateway import Gateway, enkash_config, secrets
from allocations.models import Account, Attempt, AttemptRow, Chunk, Row
from allocations.services import balances, drift, leases, outcomes, runs, second_credits, stop_loss, trail
from allocations.services.bulk import update_many
from allocations.services.histories import sent_before

_LINE = ("outcome", "evidence", "reason_code", "reason", "transaction_id", "row")


def raw_answer(attempt: Attempt) -> RawAnswer:
    """The stored answer as it came."""
    return RawAnswer(
        status=attempt.http_status or 0,
        headers=attempt.headers,
        body=secrets.decrypt(attempt.body or b""),
        seconds=attempt.seconds or 0.0,
    )


def read_answer(attempt: Attempt, raw: RawAnswer | None = None) -> BulkAnswer:
    """The stored answer, read again: pure, so a later version can read it better. `raw`: if it is at hand."""
    raw = raw or raw_answer(attempt)
    answered_at = attempt.answered_at or attempt.sent_at
    return read_bulk_answer(raw, key=enkash_config().encryption_key, now=answered_at.timestamp())


def apply_answer(attempt_id: int, *, gateway: Gateway, late: bool = False) -> None:
    """Verdicts from the stored answer onto the rows, and the consequence onto the run. Harmless when repeated.

    `late`: a newer attempt may exist, so only proof of a credit counts. How the answer differs from its contract is
    counted after the commit.
    """
    attempt = Attempt.objects.select_related("chunk__run__batch__account").get(pk=attempt_id)
    _believe(attempt, raw_answer(attempt), gateway=gateway, late=late)


def apply_kept(attempt: Attempt, raw: RawAnswer, *, gateway: Gateway) -> None:
    """As apply_answer, by the worker that has just kept the answer: it need not read back what it wrote."""
    _believe(attempt, raw, gateway=gateway, late=False)


def _believe(attempt: Attempt, raw: RawAnswer, *, gateway: Gateway, late: bool) -> None:
    answer, drifted = read_answer(attempt, raw), gateway.watch.compare(Call.BULK, raw)
    broken = gateway.watch.breaking(drifted)
    with transaction.atomic(durable=True):
        applied = _apply(attempt, answer, broken, gateway=gateway, late=late)
    if applied and drifted:
        gateway.watch.count(drifted, run_id=attempt.chunk.run_id, chunk_id=attempt.chunk_id)


def _apply(attempt: Attempt, answer: BulkAnswer, broken: Sequence[Found], *, gateway: Gateway, late: bool) -> bool:
    """Everything that follows from the answer, in the caller's transaction; False if somebody has applied it."""
    if late and attempt.state != AttemptState.RESOLVED:
        # Kept in time after all: whoever holds the chunk now reads it whole.
        return False
    result, now = CallResult(answer.kind.value), gateway.clock()
    classified, calm = _read_under_lock(attempt, answer, result, late=late, drifted=bool(broken))
    notes = [*answer.notes, *(classified.notes or _balance_notes(attempt, answer))]
    if not _advance(attempt, result, late=late, message=answer.message, notes=notes):
        return False
    believed = [v for v in classified.verdicts if not late or v.outcome is Outcome.CREDITED]
    _store_lines(attempt, classified.verdicts)
    if RULES[result].rows is RowsAfter.BACK and not late:
        outcomes.put_back([verdict.row_id for verdict in classified.verdicts], arrived=True)
        believed = []
    else:
        changed = outcomes.apply_verdicts(believed, now=now)
        if changed < len(believed):
            second_credits.hold_second_credits(believed, run=attempt.chunk.run, now=now)
    _plan_next(attempt, result, classified, now=now, late=late, gateway=gateway)
    _tell(attempt, result, classified, now=now, late=late)
    if not calm:
        if broken:
            # Before what may only follow from it, such as counts that differ.
            drift.pause_for(attempt.chunk.run, broken, now=now)
        runs.after_call(attempt.chunk.run, result, answer.retry_after, now=now, said=answer.message)
        if classified.pause:
            runs.pause_by_itself(attempt.chunk.run, classified.pause, now=now, detail=classified.detail)
        stop_loss.watch(attempt.chunk.run, believed, now=now)
    # Last, for every answer of the account waits here until the commit.
    _note_balance(attempt.chunk.run.batch.account, classified.verdicts, now=now, late=late)
    return True


def _tell(attempt: Attempt, result: CallResult, classified: Classified, *, now: datetime, late: bool) -> None:
    trail.write_entry(
        "attempt applied" if not late else "late answer applied",
        at=now,
        object_type="attempt",
        object_id=attempt.pk,
        batch_id=attempt.chunk.run.batch_id,
        result=result,
        http_status=attempt.http_status,
        outcomes=_tally(classified.verdicts),
        payload_sha256=attempt.payload_sha256,
        outcomes_root=outcomes_root(_said(verdict) for verdict in classified.verdicts),
    )


def _read_under_lock(
    attempt: Attempt, answer: BulkAnswer, result: CallResult, *, late: bool, drifted: bool
) -> tuple[Classified, bool]:
    """What the answer says, and whether it changes nothing of its run: the run then is not locked, and lanes do not
    wait for each other."""
    run = attempt.chunk.run
    plain = not late and not drifted and result is CallResult.ROWS
    if plain and stop_loss.credits_change_nothing(run):
        classified = _classified(attempt, answer, result)
        if not classified.pause and all(v.outcome is Outcome.CREDITED for v in classified.verdicts):
            leases.lock_chunks([attempt.chunk_id])
            return classified, True
    leases.lock_run(run.pk)
    _lock_chunks(attempt, late=late)
    return _classified(attempt, answer, result), False


def _lock_chunks(attempt: Attempt, *, late: bool) -> None:
    """Those of the attempt and, where it is late, of re-runs that its rows went over to. Nobody takes a row out of a
    locked chunk, so this ends."""
    wanted, held = {attempt.chunk_id}, set[int]()
    while wanted:
        leases.lock_chunks(wanted)
        held |= wanted
        wanted = set(_chunks_of(attempt)) - held if late else set()


def _advance(attempt: Attempt, result: CallResult, *, late: bool, **read: object) -> bool:
    """What was read goes onto the attempt; False if somebody has applied the answer already."""
    stored = Attempt.objects.filter(pk=attempt.pk)
    if late:
        return stored.filter(state=AttemptState.RESOLVED, result="").update(result=result, **read) == 1
    after = move(ATTEMPT, AttemptState.ANSWERED, AttemptEvent.APPLY)
    if RULES[result].rows is RowsAfter.UNKNOWN:
        after = move(ATTEMPT, AttemptState.ANSWERED, AttemptEvent.LOSE)
    return stored.filter(state=AttemptState.ANSWERED).update(state=after, result=result, **read) == 1


def _balance_notes(attempt: Attempt, answer: BulkAnswer) -> tuple[str, ...]:
    """Of an answer whose lines are the rows' own. With several lanes our own calls move the balance between them."""
    notes = balance_notes(answer.report.credits) if answer.report else ()
    return notes if notes and attempt.chunk.run.batch.account.lanes.count() == 1 else ()


def _sent_rows(attempt: Attempt) -> list[Sent]:
    """The rows of the attempt as they were sent, with what earlier attempts did to them."""
    sent = Row.objects.filter(attempts__attempt=attempt).order_by("attempts__position")
    rows = list(sent.only("reference", "mobile", "email", "amount", "tries"))
    again = [row.pk for row in rows if row.tries > 1]
    known = sent_before(again, attempt=attempt) if again else set()
    return [sent_row(row, sent_before=row.pk in known) for row in rows]


def sent_row(row: Row, *, sent_before: bool) -> Sent:
    return Sent(row.pk, row.reference, row.mobile, row.email, row.amount or 0, sent_before)


def _classified(attempt: Attempt, answer: BulkAnswer, result: CallResult) -> Classified:
    sent = _sent_rows(attempt)
    if answer.report is None or result is not CallResult.ROWS:
        unknown = (Verdict(row.row_id, Outcome.UNKNOWN, reason=Reason.NO_ANSWER, text=answer.message) for row in sent)
        return Classified(tuple(unknown))
    account = attempt.chunk.run.batch.account
    taken = holders(line.transaction_id for line in answer.report.credits)
    return classify(answer.report, sent, account=AccountIds(account.company_id, account.card_account_id), taken=taken)


def holders(transaction_ids: Iterable[str]) -> dict[str, int]:
    """Which rows hold these transaction ids already."""
    held = Row.objects.filter(transaction_id__in=set(transaction_ids) - {""}).values_list("transaction_id", "pk")
    return {transaction_id: row_id for transaction_id, row_id in held if transaction_id}


def _said(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.outcome.value, verdict.evidence.value if verdict.evidence else "", verdict.transaction_id


def _store_lines(attempt: Attempt, verdicts: Sequence[Verdict]) -> None:
    lines = []
    for verdict in verdicts:
        outcome, evidence, transaction_id = _said(verdict)
        reason = verdict.reason.value if verdict.reason else ""
        lines.append((outcome, evidence, reason, verdict.text, transaction_id, verdict.row_id))
    update_many(AttemptRow, _LINE, lines, among={"attempt": [attempt.pk]})


def _plan_next(
    attempt: Attempt, result: CallResult, classified: Classified, *, now: datetime, late: bool, gateway: Gateway
) -> None:
    """Unknown rows wait for the quiet time; everything else may go on at once. The chunk's counters follow."""
    unknown = RULES[result].rows is not RowsAfter.BACK and any(
        verdict.outcome is Outcome.UNKNOWN for verdict in classified.verdicts
    )
    due = now + gateway.timing.recovery.quiet if unknown else None
    planned: dict[str, Any] = {"quiet_since": now, "next_action_at": due, "lookups_failed": 0}
    if not unknown and not late:
        outcomes.recount([attempt.chunk_id], **planned)
        return
    # First, for a chunk that is decided all the same waits for nothing.
    Chunk.objects.filter(pk=attempt.chunk_id).update(**planned)
    outcomes.recount(_chunks_of(attempt) if late else [attempt.chunk_id])


def _note_balance(account: Account, verdicts: Sequence[Verdict], *, now: datetime, late: bool) -> None:
    """The lowest figure of the answer. A late answer tells of an earlier time, so it is read again before use."""
    told = (v.account_balance for v in verdicts)
    reported = [balance for balance in told if balance is not None and outcomes.fits(balance)]
    unsure = late or any(v.outcome not in {Outcome.CREDITED, Outcome.FAILED} for v in verdicts)
    balances.note_answer(account, min(reported, default=None), unsure=unsure, now=now)


def _chunks_of(attempt: Attempt) -> list[int]:
    """Usually one; a late answer may reach rows that a re-run has taken over."""
    sent = Row.objects.filter(attempts__attempt=attempt, chunk__isnull=False).order_by()
    return list(sent.values_list("chunk_id", flat=True).distinct())


def _tally(verdicts: Sequence[Verdict]) -> dict[str, int]:
    counted = {outcome.value: sum(v.outcome is outcome for v in verdicts) for outcome in Outcome}
    return {name: count for name, count in counted.items() if count}
