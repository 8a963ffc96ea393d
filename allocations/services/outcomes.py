"""Putting verdicts on rows: only from states that the transition table allows, counted, and recounted per chunk."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache

from django.db import connection
from django.db.models import F

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import EVENT_OF, Outcome
from allocations.domain.states import (
    ATTEMPT,
    ROW,
    UNDECIDED_BY_US,
    AttemptEvent,
    AttemptState,
    RowEvent,
    RowState,
    move,
    sources,
)
from allocations.models import Row
from allocations.models.runs import ChunkState
from allocations.services.bulk import Update, update_many

# What the columns hold: 18 digits, two of them after the point, also after rounding.
_LARGEST = Decimal(10) ** 16 - 1

_OUTCOME = (
    "state",
    "evidence",
    "reason_code",
    "reason",
    "transaction_id",
    "card_id",
    "enkash_user_id",
    "credited_amount",
    "account_balance",
    "user_balance",
    "outcome_at",
    "id",
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
    return update_many(Row, _OUTCOME, [_values(target, verdict, now) for verdict in verdicts], among={"state": states})


def _values(target: RowState, verdict: Verdict, now: datetime) -> tuple[Update, ...]:
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
        verdict.row_id,
    )


def fits(value: Decimal) -> bool:
    """Whether a column holds the figure that EnKash told."""
    return abs(value) <= _LARGEST


def _number(value: Decimal | None) -> str | Decimal | None:
    """A figure that no column holds is not kept; the raw answer has it."""
    kept = value if value is not None and fits(value) else None
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


def recount(chunk_ids: Iterable[int], **also: int | datetime | None) -> None:
    """Counters of the chunks from their rows as they are now; a chunk with nothing left to do is done.

    `also`: further columns of the chunks that change with it.
    """
    statement = _count(tuple(also))
    values = [_time(value) if isinstance(value, datetime) else value for value in also.values()]
    with connection.cursor() as cursor:
        for chunk_id in sorted(set(chunk_ids)):
            cursor.execute(statement, [*values, chunk_id])
            counted = cursor.fetchone()
            if counted and counted[0]:
                cursor.execute(_RESOLVE, [chunk_id])


def _in(*states: RowState) -> str:
    return "state IN (" + ", ".join(f"'{state.value}'" for state in sorted(states)) + ")"


_COUNTERS = {
    "pending": f"COUNT(*) FILTER (WHERE {_in(RowState.PENDING)})",
    "sending": f"COUNT(*) FILTER (WHERE {_in(RowState.SENDING)})",
    "credited": f"COUNT(*) FILTER (WHERE {_in(RowState.CREDITED)})",
    "failed": f"COUNT(*) FILTER (WHERE {_in(RowState.FAILED)})",
    "unknown": f"COUNT(*) FILTER (WHERE {_in(RowState.UNKNOWN)})",
    "disputed": f"COUNT(*) FILTER (WHERE {_in(*UNDECIDED_BY_US)})",
    "cancelled": f"COUNT(*) FILTER (WHERE {_in(RowState.CANCELLED)})",
    "credited_points": f"COALESCE(ROUND(SUM(credited_amount) FILTER (WHERE {_in(RowState.CREDITED)}), 2), 0)",
    "failed_points": f"COALESCE(SUM(amount) FILTER (WHERE {_in(RowState.FAILED)}), 0)",
    "unknown_points": f"COALESCE(SUM(amount) FILTER (WHERE {_in(RowState.UNKNOWN, *UNDECIDED_BY_US)}), 0)",
    "cancelled_points": f"COALESCE(SUM(amount) FILTER (WHERE {_in(RowState.CANCELLED)}), 0)",
}
# Late evidence can decide rows that waited for people. A credit without a transaction id is still looked up.
_DECIDED = (
    f"allocations_chunk.state IN ('{ChunkState.OPEN.value}', '{ChunkState.PEOPLE.value}')"
    " AND tally.pending = 0 AND tally.sending = 0 AND tally.unknown = 0 AND tally.nameless = 0"
)
_NEXT = {
    "state": f"CASE WHEN NOT ({_DECIDED}) THEN allocations_chunk.state"
    f" WHEN tally.disputed > 0 THEN '{ChunkState.PEOPLE.value}' ELSE '{ChunkState.DONE.value}' END",
    "next_action_at": f"CASE WHEN NOT ({_DECIDED}) THEN allocations_chunk.next_action_at END",
}
_TOLD = {**{name: f"tally.{name}" for name in _COUNTERS}, **_NEXT}
_NAMELESS = f"COUNT(*) FILTER (WHERE {_in(RowState.CREDITED)} AND transaction_id IS NULL) AS nameless"
_TALLY = ", ".join([*(f"{count} AS {name}" for name, count in _COUNTERS.items()), _NAMELESS])
_UNKNOWN_CALLS = f"allocations_attempt WHERE state = '{AttemptState.UNKNOWN.value}' AND chunk_id"


# By hand, because they run twice per call and the ORM takes longer to write such statements than the database to run
# them. Nothing in them comes from outside.
@cache
def _count(also: tuple[str, ...]) -> str:
    """Returns how many unknown calls nothing is unknown of any more."""
    told = {name: value for name, value in _TOLD.items() if name not in also}
    return (
        f"UPDATE allocations_chunk SET {''.join(f'{name} = %s, ' for name in also)}({', '.join(told)})"  # noqa: S608
        f" = (SELECT {', '.join(told.values())}"
        f" FROM (SELECT {_TALLY} FROM allocations_row WHERE chunk_id = allocations_chunk.id) AS tally)"
        " WHERE id = %s RETURNING CASE WHEN unknown + sending = 0"
        f" THEN (SELECT COUNT(*) FROM {_UNKNOWN_CALLS} = allocations_chunk.id) ELSE 0 END"
    )


_RESOLVE = (
    f"UPDATE allocations_attempt SET state = '{move(ATTEMPT, AttemptState.UNKNOWN, AttemptEvent.RESOLVE).value}'"  # noqa: S608
    f" WHERE state = '{AttemptState.UNKNOWN.value}' AND chunk_id = %s"
)
