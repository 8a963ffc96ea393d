import pytest
from django.db import connection

from allocations import triggers

pytestmark = pytest.mark.django_db


def drop(name: str) -> None:
    table = next(trigger.table for trigger in triggers.TRIGGERS if trigger.name == name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def test_every_trigger_is_there_after_the_migrations() -> None:
    assert triggers.missing(connection) == frozenset()


@pytest.mark.parametrize("name", [trigger.name for trigger in triggers.TRIGGERS])
def test_missing_names_a_trigger_that_is_gone_and_install_brings_it_back(name: str) -> None:
    drop(name)
    assert triggers.missing(connection) == {name}
    triggers.install(connection)
    triggers.install(connection)
    assert triggers.missing(connection) == frozenset()


def test_no_trigger_is_away_for_a_moment_while_they_are_created_anew() -> None:
    """On PostgreSQL people and workers may be busy meanwhile; on SQLite, for trying only, nothing else writes."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite cannot replace a trigger")
    away: set[str] = set()

    def look(execute, statement, *rest):
        result = execute(statement, *rest)
        if "TRIGGER" in statement:
            away.update(triggers.missing(connection))
        return result

    with connection.execute_wrapper(look):
        triggers.install(connection)
    assert away == set()


def test_sqlite_remakes_tables_without_triggers_in_its_way() -> None:
    """It refuses to remake a table that a trigger of another one names: whoever upgrades has them all."""
    names = {trigger.name for trigger in triggers.TRIGGERS}
    triggers.make_way(connection)
    assert triggers.missing(connection) == (names if connection.vendor == "sqlite" else set())
    triggers.install(connection)
    assert triggers.missing(connection) == frozenset()
