"""Every state change, written down by triggers: what no code of the portal can forget or embellish."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from tests.simulation.due import ask

TABLE = "simulation_journal"


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    what: str
    object_id: int
    old: str
    new: str
    extra: str


@dataclass(frozen=True, slots=True)
class _Rule:
    what: str
    table: str
    action: str
    values: str
    condition: str = "1 = 1"


_STATE = "NEW.state <> OLD.state"
_RULES = (
    _Rule(
        "row",
        "row",
        "UPDATE",
        "NEW.id, OLD.state, NEW.state, COALESCE(NEW.transaction_id, '')",
        f"{_STATE} OR COALESCE(NEW.transaction_id, '') <> COALESCE(OLD.transaction_id, '')",
    ),
    _Rule("attempt", "attempt", "INSERT", "NEW.id, '', NEW.state, NEW.chunk_id || ' ' || NEW.payload_sha256"),
    _Rule("attempt", "attempt", "UPDATE", "NEW.id, OLD.state, NEW.state, ''", _STATE),
    _Rule("sent", "attemptrow", "INSERT", "NEW.attempt_id, '', '', CAST(NEW.row_id AS text)"),
    _Rule("run", "run", "INSERT", "NEW.id, '', NEW.state, ''"),
    _Rule("run", "run", "UPDATE", "NEW.id, OLD.state, NEW.state, ''", _STATE),
    _Rule("batch", "batch", "UPDATE", "NEW.id, OLD.state, NEW.state, ''", _STATE),
    _Rule("trail", "trailentry", "INSERT", "NEW.object_id, NEW.object_type, NEW.event, CAST(NEW.data AS text)"),
)
_INSERT = f"INSERT INTO {TABLE} (what, object_id, old, new, extra) VALUES"

_NEW = f"SELECT id, what, object_id, old, new, extra FROM {TABLE} WHERE id > ? ORDER BY id"


def install(connection: BaseDatabaseWrapper) -> None:
    spell = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        key = "bigserial" if connection.vendor == "postgresql" else "integer"
        cursor.execute(
            f"CREATE TABLE {TABLE} (id {key} PRIMARY KEY, what text, object_id bigint, old text, new text, extra text)"
        )
        for number, rule in enumerate(_RULES):
            for statement in spell(rule, f"journal_{number}"):
                cursor.execute(statement)


def _sqlite(rule: _Rule, name: str) -> list[str]:
    body = f"BEGIN {_INSERT} ('{rule.what}', {rule.values}); END"
    return [f"CREATE TRIGGER {name} AFTER {rule.action} ON allocations_{rule.table} WHEN {rule.condition} {body}"]


def _postgresql(rule: _Rule, name: str) -> list[str]:
    body = f"BEGIN IF {rule.condition} THEN {_INSERT} ('{rule.what}', {rule.values}); END IF; RETURN NULL; END"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ {body} $body$",
        f"CREATE TRIGGER {name} AFTER {rule.action} ON allocations_{rule.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]


def read(*, after: int) -> Sequence[Entry]:
    return [Entry(*line) for line in ask(_NEW, after)]
