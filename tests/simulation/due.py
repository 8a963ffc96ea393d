"""What could be done now and what is next, asked without the ORM: a tenth of the cost of finding out by trying."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

_DUE = "({0}.next_action_at IS NULL OR {0}.next_action_at <= ?)"
_FREE = "({0}.lease_expires_at IS NULL OR {0}.lease_expires_at < ?)"
_FROZEN = "EXISTS (SELECT 1 FROM allocations_freeze WHERE is_open)"
# As allocations.services.holds.
_WORKABLE = f"""((r.stop_requested_at IS NULL OR c.attempts_used > 0) AND (r.canary <> 'waiting' OR c.number = 1)
  AND (NOT {_FROZEN} OR c.unknown > 0 OR c.sending > 0 OR c.pending = 0) OR r.cancelled_at IS NOT NULL)"""
_OPEN_CHUNK = f"SELECT 1 FROM allocations_chunk c WHERE c.run_id = r.id AND c.state = 'open' AND {_WORKABLE}"
_RUNS = f"""
SELECT r.id FROM allocations_run r JOIN allocations_batch b ON b.id = r.batch_id
WHERE {_DUE.format("r")} AND (r.state = 'queued' AND NOT {_FROZEN} OR r.state = 'running' AND (
  NOT EXISTS ({_OPEN_CHUNK}) OR EXISTS ({_OPEN_CHUNK} AND {_DUE.format("c")} AND {_FREE.format("c")})
  AND EXISTS (SELECT 1 FROM allocations_lane l WHERE l.account_id = b.account_id AND {_FREE.format("l")})))
"""
_RECOVERS = "SELECT 1 FROM allocations_installation WHERE recovering_since IS NOT NULL"
_TO_LOOK_UP = f"""
SELECT c.run_id FROM allocations_chunk c JOIN allocations_run r ON r.id = c.run_id
WHERE c.must_look_up AND r.state <> 'settled' AND {_DUE.format("c")} AND {_FREE.format("c")}
"""
# As allocations.services.late_answers.
_UNREAD = """
SELECT c.run_id FROM allocations_attempt a JOIN allocations_chunk c ON c.id = a.chunk_id
WHERE a.state = 'resolved' AND a.body IS NOT NULL AND a.result = ''
"""
_OPEN = "SELECT 1 FROM allocations_run WHERE state IN ('queued', 'running')"
_INSTANTS = """
SELECT c.next_action_at FROM allocations_chunk c JOIN allocations_run r ON r.id = c.run_id
WHERE c.state = 'open' AND r.state = 'running'
UNION ALL SELECT c.lease_expires_at FROM allocations_chunk c JOIN allocations_run r ON r.id = c.run_id
WHERE c.state = 'open' AND r.state = 'running'
UNION ALL SELECT next_action_at FROM allocations_run WHERE state IN ('queued', 'running')
UNION ALL SELECT lease_expires_at FROM allocations_lane
"""


def runs(now: datetime) -> set[int]:
    """The runs that a worker could go on with."""
    found = ask(_TO_LOOK_UP, now, now) if ask(_RECOVERS) else ask(_RUNS, *[now] * 4)
    return {run_id for (run_id,) in (*found, *unread())}


def unread() -> Sequence[tuple[int]]:
    """Runs with an answer that is stored and not read."""
    return ask(_UNREAD)


def next_instant(now: datetime) -> datetime | None:
    """When the next wait or lease ends; now, if none does. None if no run is under way."""
    if ask(_RECOVERS) or unread():
        return now
    if not ask(_OPEN):
        return None
    instants = [_instant(value) for (value,) in ask(_INSTANTS) if value]
    return min((instant for instant in instants if instant > now), default=now)


def ask(statement: str, *values: Any) -> Sequence[tuple[Any, ...]]:
    """Straight from the driver: no step of any worker."""
    if connection.vendor == "postgresql":
        return connection.connection.execute(statement.replace("?", "%s"), values).fetchall()
    adapt = connection.ops.adapt_datetimefield_value
    adapted = [adapt(value) if isinstance(value, datetime) else value for value in values]
    return connection.connection.execute(statement, adapted).fetchall()


def _instant(value: str | datetime) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
