"""The same on a PostgreSQL server: each process has a database, and a schema in it for every shape of batches."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection

from rewards_portal.databases import database
from tests.simulation import journal
from tests.simulation.database import Shape, Templates, adjust, create_people, only_connection, prepare
from tests.simulation.ready import FOLDER

# Emptying by DELETE is faster for a few rows, but what was deleted has to be cleared away at times.
_TRUNCATE_EVERY = 40


@contextmanager
def server_database(url: str) -> Iterator[Templates]:
    """Everything in the block runs on a new database of the server, whatever the settings say."""
    engine = database(url, base=FOLDER)
    name = f"simulation_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
        # A violated invariant matters, a lost commit does not: the server ends with the simulation.
        options = {**engine["OPTIONS"], "options": "-c synchronous_commit=off"}
        with only_connection({**engine, "NAME": name, "OPTIONS": options}):
            yield ServerTemplates()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class ServerTemplates:
    def __init__(self) -> None:
        create_people()
        tables = [
            model._meta.db_table for model in apps.get_app_config("allocations").get_models(include_auto_created=True)
        ]
        self._tables = [*tables, journal.TABLE]
        self._scripts: dict[Shape | None, str] = {}
        self._loads = 0
        self._keep(None)

    def load(self, shape: Shape, *, chunk: int, lanes: int) -> None:
        if shape not in self._scripts:
            self._restore(None)
            prepare(shape)
            self._keep(shape)
        self._restore(shape)
        adjust(chunk=chunk, lanes=lanes)

    def _keep(self, shape: Shape | None) -> None:
        schema = f"shape_{len(self._scripts)}"
        _run(f"CREATE SCHEMA {schema}")
        lines = []
        for table in self._tables:
            _run(f"CREATE TABLE {schema}.{table} AS TABLE public.{table}")
            if _run(f"SELECT count(*) FROM {schema}.{table}")[0][0]:
                lines.append(f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE SELECT * FROM {schema}.{table}")
            (sequence,) = _run(f"SELECT pg_get_serial_sequence('{table}', 'id')")[0]
            if sequence:
                (last, called) = _run(f"SELECT last_value, is_called FROM {sequence}")[0]
                lines.append(f"SELECT setval('{sequence}', {last}, {called})")
        self._scripts[shape] = "; ".join(lines)

    def _restore(self, shape: Shape | None) -> None:
        self._loads += 1
        if self._loads % _TRUNCATE_EVERY == 0:
            empty = f"TRUNCATE {', '.join(self._tables)}"
        else:
            empty = "; ".join(f"DELETE FROM {table}" for table in self._tables)
        # The portal's triggers forbid to empty tables, and would write the journal.
        _run(f"SET session_replication_role = replica; {empty}; {self._scripts[shape]}; RESET session_replication_role")


def _run(statement: str) -> list[Any]:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
