"""The last line of defence: what no code path may do, refused by the database itself.

Django remakes SQLite tables on many schema changes and drops their triggers in silence, so they are created
again after every migration (apps.py), and web, workers and sweeper insist on them at start.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper

from allocations.domain.reversals import ENDED, WITHOUT_EFFECT
from allocations.triggers.approvals import APPROVAL_TRIGGERS
from allocations.triggers.questions import QUESTION_TRIGGERS
from allocations.triggers.retention import ERASURE, RETENTION_TRIGGERS
from allocations.triggers.trail import TRAIL_TRIGGERS
from allocations.triggers.trigger import Trigger

__all__ = ["TRIGGERS", "Trigger", "insist", "install", "missing"]

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


_FROZEN_BATCH = (
    "EXISTS (SELECT 1 FROM allocations_batch b WHERE b.id = OLD.batch_id AND b.state IN ('submitted', 'approved'))"
)
_PAYLOAD_CHANGED = " OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in PAYLOAD)
_PROPOSAL_CHANGED = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("batch_id", "outcome", "statement", "file", "file_sha256", "proposed_by_id", "proposed_at")
)

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
    # Late proof of one that had failed can leave less than was asked for since.
    Trigger(
        "reversal_sent_within_credit",
        "allocations_reversal",
        "UPDATE",
        "(SELECT r.credited_amount FROM allocations_row r WHERE r.id = NEW.row_id)"  # noqa: S608 - our own states
        " < NEW.amount + (SELECT COALESCE(SUM(v.amount), 0) FROM allocations_reversal v WHERE v.row_id = NEW.row_id"
        f" AND v.id <> NEW.id AND v.state NOT IN ({_WITHOUT_EFFECT}, 'proposed'))",
        "no more is sent back than was credited",
        only_if="NEW.state = 'sending' AND OLD.state <> 'sending'",
        lock="SELECT 1 FROM allocations_row r WHERE r.id = NEW.row_id FOR NO KEY UPDATE",
    ),
    # An ended reversal that came back to life would count against the credit unseen. Late proof that a failed one took
    # the points is the exception: it needs EnKash's transaction id, and people have to be told.
    Trigger(
        "reversal_ended_stays",
        "allocations_reversal",
        "UPDATE",
        f"OLD.state IN ({_ENDED}) AND NEW.state <> OLD.state AND NOT (OLD.state = 'failed' AND NEW.state = 'reversed'"
        " AND NEW.transaction_id IS NOT NULL AND NEW.pause_code <> '')",
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
    *TRAIL_TRIGGERS,
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
        f"{_FROZEN_BATCH} AND NOT ({ERASURE})",
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
    *(
        Trigger(
            f"acceptance_no_{action.lower()}",
            "allocations_acceptance",
            action,
            _FROZEN_BATCH,
            "which warnings of a submitted batch are accepted is frozen",
        )
        for action in ("UPDATE", "DELETE")
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
        "EXISTS (SELECT 1 FROM allocations_replacement r WHERE r.replaces_id = OLD.id)",
        "a replaced row is never sent again",
        only_if="OLD.state = 'failed' AND NEW.state = 'pending'",
    ),
    Trigger(
        "row_cancelled_stays",
        "allocations_row",
        "UPDATE",
        "NEW.state <> 'cancelled'",
        "a cancelled row is never sent",
        only_if="OLD.state = 'cancelled'",
    ),
    Trigger("freeze_no_delete", "allocations_freeze", "DELETE", "1 = 1", "a freeze is never deleted"),
    Trigger("freeze_released_stays", "allocations_freeze", "UPDATE", "NOT OLD.is_open", "a released freeze is past"),
    Trigger(
        "batch_approved_stays",
        "allocations_batch",
        "UPDATE",
        "OLD.state = 'approved' AND (NEW.state <> 'approved'"
        " OR NEW.digest <> OLD.digest OR NEW.manifest <> OLD.manifest"
        " OR NEW.start_at {differs} OLD.start_at OR NEW.repeat_reason <> OLD.repeat_reason"
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
    *APPROVAL_TRIGGERS,
    *QUESTION_TRIGGERS,
    *REVERSAL_TRIGGERS,
    *RETENTION_TRIGGERS,
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
    lock = f"PERFORM {trigger.lock.removeprefix('SELECT ')}; " if trigger.lock else ""
    # WHEN cannot hold a subquery on PostgreSQL, so the rest of the condition stands in the function.
    when = f" WHEN ({trigger.only_if.format(differs='IS DISTINCT FROM')})" if trigger.only_if else ""
    return _postgresql_guard(
        name=trigger.name,
        event=f"BEFORE {trigger.action} ON {trigger.table} FOR EACH ROW{when}",
        body=f"{lock}IF {trigger.condition.format(differs='IS DISTINCT FROM')} THEN "
        f"RAISE EXCEPTION '{trigger.sentence}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {result};",
    )


_NO_TRUNCATE = (
    "allocations_trailentry",
    "allocations_trailseal",
    "allocations_vote",
    *("allocations_question", "allocations_questionreply"),
    "allocations_approvalpolicy",
    "allocations_row",
    "allocations_attempt",
    "allocations_reversal",
    "allocations_reversalattempt",
)


def _truncate_guard(table: str) -> list[str]:
    """PostgreSQL only, where TRUNCATE fires no row triggers. An empty table may be truncated: nothing is lost."""
    return _postgresql_guard(
        name=f"{table}_no_truncate",
        event=f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
        body=f"IF EXISTS (SELECT 1 FROM {table}) AND current_setting('portal.allow_truncate', true) "  # noqa: S608 - our own table names
        f"IS DISTINCT FROM 'on' THEN RAISE EXCEPTION '{table} is never truncated'; END IF; RETURN NULL;",
    )


def _postgresql_guard(*, name: str, event: str, body: str) -> list[str]:
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} END $body$"
    # Replaced, never dropped first: somebody who writes meanwhile would meet no guard.
    return [function, f"CREATE OR REPLACE TRIGGER {name} {event} EXECUTE FUNCTION {name}()"]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every trigger anew."""
    spell = _postgresql if connection.vendor == "postgresql" else _sqlite
    statements = [line for trigger in TRIGGERS for line in spell(trigger)]
    if connection.vendor == "postgresql":
        statements += [line for table in _NO_TRUNCATE for line in _truncate_guard(table)]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def make_way(connection: BaseDatabaseWrapper) -> None:
    """Before migrations: SQLite remakes no table that a trigger of another table names."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'allocations_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


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
