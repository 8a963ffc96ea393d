"""Putting verdicts on rows: only from states that the transition table allows, counted, and recounted per chunk."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, Sum

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import EVENT_OF, Outcome
from allocations.domain.states import ATTEMPT, ROW, AttemptEvent, AttemptState, RowEvent, RowState, move, sources
from allocations.models import Attempt, Chunk, Row
from allocations.models.runs import ChunkState

Value = str | int | Decimal | datetime | None
# What the columns hold: 18 digits, two of them after the point.
_TOO_LARGE = Decimal(10) ** 16

_SET = (
    "state = %s, evidence = %s, reason_code = %s, reason = %s, transaction_id = %s, card_id = %s, "
    "enkash_user_id = %s, credited_amount = %s, account_balance = %s, user_balance = %s, outcome_at = %s"
)


def apply_verdicts(verdicts: Iterable[Verdict], *, now: datetime) -> int:
    """Rows whose outcome changed. One statement per outcome for many rows; a row in a state that the event
    does not know (a credited one, say) keeps what it has."""
    by_outcome: dict[Outcome, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_outcome[verdict.outcome].append(verdict)
    return sum(_apply(outcome, group, now) for outcome, group in by_outcome.items())


def _apply(outcome: Outcome, verdicts: Sequence[Verdict], now: datetime) -> int:
    event = EVENT_OF[outcome]
    states = sorted(state.value for state in sources(ROW, event))
    target = move(ROW, RowState(states[0]), event)
    holders = ", ".join(["%s"] * len(states))
    statement = f"UPDATE allocations_row SET {_SET} WHERE id = %s AND state IN ({holders})"  # noqa: S608 - no input in it
    values = [(*_values(target, verdict, now), verdict.row_id, *states) for verdict in verdicts]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)
        return max(int(cursor.rowcount), 0)


def _values(target: RowState, verdict: Verdict, now: datetime) -> tuple[Value, ...]:
    credited = target is RowState.CREDITED
    # An anomaly keeps the amount EnKash says it gave: it counts until people have decided.
    amount = verdict.amount if credited or target is RowState.ANOMALY else None
    return (
        target.value,
        verdict.evidence.value if verdict.evidence else "",
        verdict.reason.value if verdict.reason else "",
        verdict.text,
        # A doubtful transaction id stays out of the unique index; the attempt's line keeps it.
        verdict.transaction_id if credited and verdict.transaction_id else None,
        verdict.card_id,
        verdict.user_id,
        _number(amount),
        _number(verdict.account_balance),
        _number(verdict.user_balance),
        _time(now),
    )


def _number(value: Decimal | None) -> str | Decimal | None:
    """A figure that no column holds is not kept; the raw answer has it."""
    kept = value if value is not None and abs(value) < _TOO_LARGE else None
    return connection.ops.adapt_decimalfield_value(kept, 18, 2)


def _time(value: datetime) -> str | datetime | None:
    return connection.ops.adapt_datetimefield_value(value)


def fill_transaction_ids(verdicts: Iterable[Verdict]) -> int:
    """Credits proved by a duplicate get the ids that a look-up found later."""
    return sum(
        Row.objects.filter(pk=verdict.row_id, state=RowState.CREDITED, transaction_id__isnull=True).update(
            transaction_id=verdict.transaction_id or None, card_id=verdict.card_id, enkash_user_id=verdict.user_id
        )
        for verdict in verdicts
        if verdict.outcome is Outcome.CREDITED
    )


def put_back(rows: Iterable[int], *, arrived: bool) -> None:
    """Rows of a call presumed without effect: PENDING again, or UNKNOWN if an earlier call is still undecided.

    `arrived` False: no byte left this machine, so the try is not counted.
    """
    sending = Row.objects.filter(pk__in=list(rows), state=RowState.SENDING)
    if not arrived:
        sending.update(tries=F("tries") - 1)
    sending.filter(outcome_at__isnull=True).update(state=move(ROW, RowState.SENDING, RowEvent.NOT_SENT))
    sending.update(state=move(ROW, RowState.SENDING, RowEvent.LOSE_SIGHT))


def lose_sight(rows: Iterable[int], *, reason: str, now: datetime) -> None:
    """Rows of a call that may have had its effect."""
    Row.objects.filter(pk__in=list(rows), state=RowState.SENDING).update(
        state=move(ROW, RowState.SENDING, RowEvent.LOSE_SIGHT), reason_code=reason, outcome_at=now
    )


def _in(*states: RowState) -> Q:
    return Q(state__in=states)


def recount(chunk_ids: Iterable[int]) -> None:
    """Counters of the chunks from their rows as they are now; a chunk with nothing left to do is done."""
    counted = {entry["chunk_id"]: entry for entry in _counts(list(chunk_ids))}
    for chunk in Chunk.objects.filter(pk__in=list(chunk_ids)):
        counts = {name: value or 0 for name, value in counted.get(chunk.pk, _EMPTY).items() if name != "chunk_id"}
        Chunk.objects.filter(pk=chunk.pk).update(**{name: counts[name] for name in _EMPTY if name != "ids_pending"})
        _conclude(chunk, counts)


_EMPTY = dict.fromkeys(
    (
        *("pending", "sending", "credited", "failed", "unknown", "disputed", "cancelled"),
        *("credited_points", "failed_points", "unknown_points", "ids_pending"),
    ),
    0,
)


def _counts(chunk_ids: list[int]) -> Iterable[Mapping[str, Any]]:
    return (
        Row.objects.filter(chunk_id__in=chunk_ids)
        .order_by()
        .values("chunk_id")
        .annotate(
            pending=Count("pk", filter=_in(RowState.PENDING)),
            sending=Count("pk", filter=_in(RowState.SENDING)),
            credited=Count("pk", filter=_in(RowState.CREDITED)),
            failed=Count("pk", filter=_in(RowState.FAILED)),
            unknown=Count("pk", filter=_in(RowState.UNKNOWN)),
            disputed=Count("pk", filter=_in(RowState.CONFLICT, RowState.ANOMALY)),
            cancelled=Count("pk", filter=_in(RowState.CANCELLED)),
            credited_points=Sum("credited_amount", filter=_in(RowState.CREDITED)),
            failed_points=Sum("amount", filter=_in(RowState.FAILED)),
            unknown_points=Sum("amount", filter=_in(RowState.UNKNOWN, RowState.CONFLICT, RowState.ANOMALY)),
            ids_pending=Count("pk", filter=_in(RowState.CREDITED) & Q(transaction_id__isnull=True)),
        )
    )


def _conclude(chunk: Chunk, counts: Mapping[str, Any]) -> None:
    if not counts["unknown"] and not counts["sending"]:
        resolved = move(ATTEMPT, AttemptState.UNKNOWN, AttemptEvent.RESOLVE)
        Attempt.objects.filter(chunk_id=chunk.pk, state=AttemptState.UNKNOWN).update(state=resolved)
    if counts["pending"] or counts["sending"] or counts["unknown"] or counts["ids_pending"]:
        return
    state = ChunkState.PEOPLE if counts["disputed"] else ChunkState.DONE
    # Late evidence can decide rows that waited for people.
    waiting = (ChunkState.OPEN, ChunkState.PEOPLE)
    Chunk.objects.filter(pk=chunk.pk, state__in=waiting).update(state=state, next_action_at=None)
