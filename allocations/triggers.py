"""The last line of defence: what no code path may do, refused by the database itself.

Django remakes SQLite tables on many schema changes and drops their triggers in silence, so they are created
again after every migration (apps.py), and web, workers and sweeper insist on them at start.
"""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

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
    """Refuse `action` on `table` when `condition` holds; OLD and NEW as in SQL, {differs} for "is distinct from".

    `only_if`: a part of the condition that looks at nothing but OLD and NEW. PostgreSQL asks it without calling a
    function, which costs a run's rows a third of their update otherwise.
    """

    name: str
    table: str
    action: str
    condition: str
    sentence: str
    only_if: str = ""


_FROZEN_BATCH = (
    "EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = OLD.batch_id AND b.state IN ('submitted', 'approved'))"
)
_PAYLOAD_CHANGED = " OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in PAYLOAD)
_PROPOSAL_CHANGED = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("batch_id", "outcome", "statement", "file", "file_sha256", "proposed_by_id", "proposed_at")
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
        _FROZEN_BATCH,
        "the payload of a submitted row is frozen",
        only_if=_PAYLOAD_CHANGED,
    ),
    Trigger(
        "row_choice_frozen",
        "allocations_row",
        "UPDATE",
        _FROZEN_BATCH,
        "which rows of a submitted batch are left out is frozen",
        only_if="(OLD.state = 'left_out') <> (NEW.state = 'left_out')",
    ),
    Trigger("row_frozen_stays", "allocations_row", "DELETE", _FROZEN_BATCH, "a submitted row is never deleted"),
    Trigger(
        "row_credited_stays",
        "allocations_row",
        "UPDATE",
        # A transaction id can follow a credit that was proved without it, but never change.
        "NEW.state <> 'credited' OR NEW.credited_amount {differs} OLD.credited_amount"
        " OR (OLD.transaction_id IS NOT NULL AND NEW.transaction_id {differs} OLD.transaction_id)",
        "a credited row stays credited",
        only_if="OLD.state = 'credited'",
    ),
    Trigger(
        "row_replaced_stays",
        "allocations_row",
        "UPDATE",
        "OLD.state = 'failed' AND NEW.state = 'pending'"
        " AND EXISTS (SELECT 1 FROM allocations_replacement r WHERE r.replaces_id = OLD.id)",
        "a replaced row is never sent again",
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
    Trigger(
        "proposal_stays",
        "allocations_proposal",
        "UPDATE",
        f"OLD.state <> 'open' OR {_PROPOSAL_CHANGED}",
        "what was proposed or decided is never changed",
    ),
    Trigger("proposal_no_delete", "allocations_proposal", "DELETE", "1 = 1", "a proposal is never deleted"),
    Trigger(
        "proposal_not_by_maker",
        "allocations_proposal",
        "UPDATE",
        "NEW.state = 'confirmed' AND (EXISTS (SELECT 1 FROM allocations_batcheditor e"
        " WHERE e.batch_id = NEW.batch_id AND e.user_id = NEW.decided_by_id)"
        " OR EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = NEW.batch_id"
        " AND (b.uploaded_by_id = NEW.decided_by_id OR b.submitted_by_id = NEW.decided_by_id)))",
        "a maker cannot confirm a decision about the batch",
    ),
    Trigger(
        "proposal_row_stays",
        "allocations_proposalrow",
        "UPDATE",
        "NOT OLD.is_open OR NEW.row_id <> OLD.row_id OR NEW.proposal_id <> OLD.proposal_id"
        " OR NEW.transaction_id <> OLD.transaction_id",
        "what was proposed is never changed",
    ),
    Trigger("proposal_row_no_delete", "allocations_proposalrow", "DELETE", "1 = 1", "a proposal is never deleted"),
)


def _sqlite(trigger: Trigger) -> list[str]:
    parts = [part.format(differs="IS NOT") for part in (trigger.only_if, trigger.condition) if part]
    condition = " AND ".join(f"({part})" for part in parts)
    create = (
        f"CREATE TRIGGER {trigger.name} BEFORE {trigger.action} ON {trigger.table} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{trigger.sentence}'); END"
    )
    return [f"DROP TRIGGER IF EXISTS {trigger.name}", create]


def _postgresql(trigger: Trigger) -> list[str]:
    result = "OLD" if trigger.action == "DELETE" else "NEW"
    # WHEN cannot hold a subquery on PostgreSQL, so the rest of the condition stands in the function.
    when = f" WHEN ({trigger.only_if.format(differs='IS DISTINCT FROM')})" if trigger.only_if else ""
    return _postgresql_guard(
        name=trigger.name,
        table=trigger.table,
        event=f"BEFORE {trigger.action} ON {trigger.table} FOR EACH ROW{when}",
        body=f"IF {trigger.condition.format(differs='IS DISTINCT FROM')} THEN "
        f"RAISE EXCEPTION '{trigger.sentence}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {result};",
    )


_NO_TRUNCATE = ("allocations_trailentry", "allocations_vote", "allocations_row", "allocations_attempt")


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
