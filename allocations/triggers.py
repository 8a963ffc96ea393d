"""The last line of defence: what no code path may do, refused by the database itself.

Django remakes SQLite tables on many schema changes and drops their triggers in silence, so they are created
again after every migration (apps.py), and web, workers and sweeper insist on them at start.
"""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

from allocations.domain.reversals import ENDED, WITHOUT_EFFECT

PAYLOAD = (
    "batch_id",
    "number",
    "title",
    "name",
    "email",
    "mobile",
    "amount",
    "remarks",
    "reference",
    "payload_hash",
)


@dataclass(frozen=True, slots=True)
class Trigger:
    """Refuse `action` on `table` when `condition` holds; OLD and NEW as in SQL, {differs} for "is distinct from"."""

    name: str
    table: str
    action: str
    condition: str
    sentence: str
    # A query; on PostgreSQL its rows are locked before the condition is asked,
    # so that two writers cannot both pass it. SQLite has one writer.
    lock: str = ""


_FROZEN_BATCH = (
    "EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = OLD.batch_id AND b.state IN ('submitted', 'approved'))"
)
_PAYLOAD_CHANGED = " OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in PAYLOAD)

_WITHOUT_EFFECT = ", ".join(f"'{state.value}'" for state in sorted(WITHOUT_EFFECT))
_ENDED = ", ".join(f"'{state.value}'" for state in sorted(ENDED))
_ASKED_FOR = ("row_id", "amount", "reference", "card_id", "reason", "requested_by_id", "content", "digest")

REVERSAL_TRIGGERS = (
    Trigger(
        "reversal_within_credit",
        "allocations_reversal",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM allocations_row r WHERE r.id = NEW.row_id AND r.state = 'credited'"  # noqa: S608 - our own states
        " AND r.credited_amount >= NEW.amount + (SELECT COALESCE(SUM(v.amount), 0) FROM allocations_reversal v"
        f" WHERE v.row_id = NEW.row_id AND v.state NOT IN ({_WITHOUT_EFFECT})))",
        "no more is taken back than was credited",
        lock="SELECT 1 FROM allocations_row r WHERE r.id = NEW.row_id FOR NO KEY UPDATE",
    ),
    # An ended reversal that came back to life would count against the credit unseen.
    Trigger(
        "reversal_ended_stays",
        "allocations_reversal",
        "UPDATE",
        f"OLD.state IN ({_ENDED}) AND NEW.state <> OLD.state",
        "an ended reversal stays ended",
    ),
    Trigger(
        "reversal_frozen",
        "allocations_reversal",
        "UPDATE",
        " OR ".join(f"NEW.{column} <> OLD.{column}" for column in _ASKED_FOR)
        + " OR (OLD.approved_by_id IS NOT NULL AND NEW.approved_by_id {differs} OLD.approved_by_id)",
        "what was asked for and who approved it is frozen",
    ),
    Trigger("reversal_no_delete", "allocations_reversal", "DELETE", "1 = 1", "a reversal is never deleted"),
)

TRIGGERS = (
    Trigger("trail_no_update", "allocations_trailentry", "UPDATE", "1 = 1", "the trail is append-only"),
    Trigger("trail_no_delete", "allocations_trailentry", "DELETE", "1 = 1", "the trail is append-only"),
    # SQLite's REPLACE deletes without firing delete triggers.
    Trigger(
        "trail_no_replace",
        "allocations_trailentry",
        "INSERT",
        "EXISTS (SELECT 1 FROM allocations_trailentry t WHERE t.id = NEW.id)",
        "the trail is append-only",
    ),
    Trigger("vote_no_update", "allocations_vote", "UPDATE", "1 = 1", "a vote is never changed"),
    Trigger("vote_no_delete", "allocations_vote", "DELETE", "1 = 1", "a vote is never deleted"),
    Trigger(
        "vote_not_by_maker",
        "allocations_vote",
        "INSERT",
        "EXISTS (SELECT 1 FROM allocations_batcheditor e"
        " WHERE e.batch_id = NEW.batch_id AND e.user_id = NEW.voted_by_id)"
        " OR EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = NEW.batch_id"
        " AND (b.uploaded_by_id = NEW.voted_by_id OR b.submitted_by_id = NEW.voted_by_id))",
        "a maker cannot vote on the batch",
    ),
    Trigger(
        "row_payload_frozen",
        "allocations_row",
        "UPDATE",
        f"({_PAYLOAD_CHANGED}) AND {_FROZEN_BATCH}",
        "the payload of a submitted row is frozen",
    ),
    Trigger(
        "row_choice_frozen",
        "allocations_row",
        "UPDATE",
        f"(OLD.state = 'left_out') <> (NEW.state = 'left_out') AND {_FROZEN_BATCH}",
        "which rows of a submitted batch are left out is frozen",
    ),
    Trigger("row_frozen_stays", "allocations_row", "DELETE", _FROZEN_BATCH, "a submitted row is never deleted"),
    Trigger(
        "row_credited_stays",
        "allocations_row",
        "UPDATE",
        # A transaction id can follow a credit that was proved without it, but never change.
        "OLD.state = 'credited' AND (NEW.state <> 'credited' OR NEW.credited_amount {differs} OLD.credited_amount"
        " OR (OLD.transaction_id IS NOT NULL AND NEW.transaction_id {differs} OLD.transaction_id))",
        "a credited row stays credited",
    ),
    Trigger(
        "batch_approved_stays",
        "allocations_batch",
        "UPDATE",
        "OLD.state = 'approved' AND (NEW.state <> 'approved'"
        " OR NEW.digest <> OLD.digest OR NEW.manifest <> OLD.manifest"
        " OR NEW.account_id <> OLD.account_id OR NEW.is_points_allocation <> OLD.is_points_allocation"
        " OR NEW.approved_by_id <> OLD.approved_by_id)",
        "an approved batch is frozen",
    ),
    *REVERSAL_TRIGGERS,
)


def _sqlite(trigger: Trigger) -> list[str]:
    condition = trigger.condition.format(differs="IS NOT")
    create = (
        f"CREATE TRIGGER {trigger.name} BEFORE {trigger.action} ON {trigger.table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{trigger.sentence}'); END"
    )
    return [f"DROP TRIGGER IF EXISTS {trigger.name}", create]


def _postgresql(trigger: Trigger) -> list[str]:
    result = "OLD" if trigger.action == "DELETE" else "NEW"
    lock = f"PERFORM {trigger.lock.removeprefix('SELECT ')}; " if trigger.lock else ""
    # WHEN cannot hold a subquery on PostgreSQL, so the condition stands in the function.
    return _postgresql_guard(
        name=trigger.name,
        table=trigger.table,
        event=f"BEFORE {trigger.action} ON {trigger.table} FOR EACH ROW",
        body=f"{lock}IF {trigger.condition.format(differs='IS DISTINCT FROM')} THEN "
        f"RAISE EXCEPTION '{trigger.sentence}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {result};",
    )


_NO_TRUNCATE = (
    "allocations_trailentry",
    "allocations_vote",
    "allocations_row",
    "allocations_attempt",
    "allocations_reversal",
    "allocations_reversalattempt",
)


def _truncate_guard(table: str) -> list[str]:
    """PostgreSQL only, where TRUNCATE fires no row triggers. An empty table may be truncated: nothing is lost."""
    return _postgresql_guard(
        name=f"{table}_no_truncate",
        table=table,
        event=f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
        body=f"IF EXISTS (SELECT 1 FROM {table}) AND current_setting('portal.allow_truncate', true) "  # noqa: S608 - our own table names
        f"IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '{table} is never truncated'; END IF; RETURN NULL;",
    )


def _postgresql_guard(*, name: str, table: str, event: str, body: str) -> list[str]:
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$"
    return [
        function,
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()",
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every trigger anew."""
    spell = _postgresql if connection.vendor == "postgresql" else _sqlite
    statements = [line for trigger in TRIGGERS for line in spell(trigger)]
    if connection.vendor == "postgresql":
        statements += [line for table in _NO_TRUNCATE for line in _truncate_guard(table)]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """The names of triggers that the database lacks."""
    question = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        present = {name for (name,) in cursor.fetchall()}
    return frozenset(trigger.name for trigger in TRIGGERS) - present


def insist(connection: BaseDatabaseWrapper) -> None:
    """Raises ImproperlyConfigured when a trigger is missing: without its last line of defence nothing starts."""
    if absent := missing(connection):
        names = ", ".join(sorted(absent))
        raise ImproperlyConfigured(f"The database lacks the triggers {names}. `manage.py migrate` creates them again.")
