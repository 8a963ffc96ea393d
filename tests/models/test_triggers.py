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
