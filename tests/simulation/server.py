"""The same on a PostgreSQL server: each process has a database, and a schema in it for every shape of batches."""

import os
from collections.abc import Sequence
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection

from rewards_portal.databases import database
from tests.simulation import journal
from tests.simulation.database import Shape, adjust, connected, connection_to, create_people, prepare
from tests.simulation.ready import FOLDER

# Emptying by DELETE is faster for a few rows, but what was deleted has to be cleared away at times.
_TRUNCATE_EVERY = 40


class ServerTemplates:
    """A database on the server at `url`, named after this process."""

    def __init__(self, url: str) -> None:
        self._url, self._name = url, f"simulation_{os.getpid()}"
        self._on_server(f"DROP DATABASE IF EXISTS {self._name}", f"CREATE DATABASE {self._name}")
        engine = database(url, base=FOLDER)
        # A violated invariant matters, a lost commit does not: the server ends with the simulation.
        options = {**engine["OPTIONS"], "options": "-c synchronous_commit=off"}
        self.connection = connection_to({**engine, "NAME": self._name, "OPTIONS": options})
        models = apps.get_app_config("allocations").get_models(include_auto_created=True)
        self._tables = [*(model._meta.db_table for model in models), journal.TABLE]
        self._scripts: dict[Shape | None, str] = {}
        self._backup = ""
        self._loads = 0
        with connected(self.connection):
            create_people()
            self._scripts[None] = _kept(self._tables, "empty")

    def load(self, shape: Shape, *, chunk: int, lanes: int) -> None:
        if shape not in self._scripts:
            self._put(self._scripts[None])
            prepare(shape)
            self._scripts[shape] = _kept(self._tables, f"shape_{len(self._scripts)}")
        self._put(self._scripts[shape])
        adjust(chunk=chunk, lanes=lanes)

    def back_up(self) -> None:
        self._backup = _kept(self._tables, "backup")

    def restore(self) -> None:
        self._put(self._backup)

    def _put(self, script: str) -> None:
        self._loads += 1
        if self._loads % _TRUNCATE_EVERY == 0:
            empty = f"TRUNCATE {', '.join(self._tables)}"
        else:
            empty = "; ".join(f"DELETE FROM {table}" for table in self._tables)
        # The portal's triggers forbid to empty tables, and would write the journal.
        _run(f"SET session_replication_role = replica; {empty}; {script}; RESET session_replication_role")

    def close(self) -> None:
        self.connection.close()
        self._on_server(f"DROP DATABASE {self._name} WITH (FORCE)")

    def _on_server(self, *statements: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as server:
            for statement in statements:
                server.execute(statement)


def _kept(tables: Sequence[str], schema: str) -> str:
    """Copies the tables into the schema; the statements that bring them back into empty tables."""
    _run(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
    lines = []
    for table in tables:
        _run(f"CREATE TABLE {schema}.{table} AS TABLE public.{table}")
        if _run(f"SELECT count(*) FROM {schema}.{table}")[0][0]:
            lines.append(f"INSERT INTO public.{table} OVERRIDING SYSTEM VALUE SELECT * FROM {schema}.{table}")
        # A table whose key is another's has no numbers of its own.
        numbered = f"SELECT pg_get_serial_sequence('{table}', attname) FROM pg_attribute"
        for (sequence,) in _run(f"{numbered} WHERE attrelid = '{table}'::regclass AND attidentity <> ''"):
            (last, called) = _run(f"SELECT last_value, is_called FROM {sequence}")[0]
            lines.append(f"SELECT setval('{sequence}', {last}, {called})")
    return "; ".join(lines)


def _run(statement: str) -> list[Any]:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
