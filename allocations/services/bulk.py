"""Many rows into one table at the database's own speed: COPY and arrays on PostgreSQL, executemany on SQLite.

The ORM's bulk_create costs five times as much for a list, its bulk_update ten times as much for a chunk. Columns,
types, defaults and their order come from the model.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import connection, models

Value = str | int | None
Update = str | int | Decimal | datetime | None
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class _Broken(Exception):
    def __init__(self, error: Exception) -> None:
        super().__init__("no further rows")
        self.error = error


class TableWriter:
    """Appends records of `fields` (attribute names, in this order) to a model's table; the rest takes its default."""

    def __init__(self, model: type[models.Model], fields: Sequence[str]) -> None:
        columns = {field.name: field for field in _concrete(model)}
        given = [columns.pop(name) for name in fields]
        # What is not named takes NULL from the database itself, which costs nothing.
        others = [field for field in columns.values() if not field.primary_key and _default(field) is not None]
        self._table = _table(model)
        self._columns = ", ".join(map(_column, (*given, *others)))
        self._width = len(fields)
        self._defaults = [_default(field) for field in others]

    def write(self, records: Sequence[Sequence[Value]]) -> None:
        """Store the records in the current transaction."""
        if records:
            self.write_all([records])

    def write_all(self, blocks: Iterable[Sequence[Sequence[Value]]]) -> None:
        """The same with one statement. PostgreSQL stores a block while the next one is made, so small blocks are quick:
        what the driver holds for it is limited, and beyond that it waits.
        """
        if connection.vendor == "postgresql":
            self.copy(map(self.text, blocks))
        else:
            self._insert([record for records in blocks for record in records])

    def text(self, records: Sequence[Sequence[Value]]) -> str:
        """The records as COPY's text format, in which NULL is spelled as `str` spells it."""
        if not records:
            return ""
        line = "\t".join(["%s"] * self._width)
        body = "\n".join([line % tuple(record) for record in records])
        if not self._is_plain(body, records):
            body = "\n".join(["\t".join(map(_escaped, record)) for record in records])
        tail = "".join(f"\t{_escaped(value)}" for value in self._defaults) + "\n"
        return body.replace("\n", tail) + tail

    def copy(self, texts: Iterable[str]) -> None:
        """PostgreSQL only: store what `text` made."""
        statement = f"COPY {self._table} ({self._columns}) FROM STDIN WITH (NULL '{None}')"
        try:
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                _hand_over(texts, copy.write)
        except _Broken as broken:
            raise broken.error from broken.error.__cause__

    def _is_plain(self, body: str, records: Sequence[Sequence[Value]]) -> bool:
        """Whether the joined records mean what they say: asked of many at once, for hardly any needs an escape."""
        return (
            "\\" not in body
            and "\r" not in body
            and body.count("\t") == len(records) * (self._width - 1)
            and body.count("\n") == len(records) - 1
            and not ("None" in body and "None" in chain.from_iterable(records))
        )

    def _insert(self, records: Sequence[Sequence[Value]]) -> None:
        marks = ", ".join(["%s"] * self._width + [_literal(value) for value in self._defaults])
        statement = f"INSERT INTO {self._table} ({self._columns}) VALUES ({marks})"  # noqa: S608 - names of our models
        with connection.cursor() as cursor:
            cursor.executemany(statement, records)


def _hand_over(texts: Iterable[str], write: Callable[[str], None]) -> None:
    """An error ends the COPY, and the server logs what it says: not what one of ours says, which may name a person."""
    try:
        for text in texts:
            write(text)
    except Exception as error:  # noqa: BLE001 - copy raises it again
        raise _Broken(error) from None


def update_many(
    model: type[models.Model],
    fields: Sequence[str],
    records: Sequence[Sequence[Update]],
    *,
    among: Mapping[str, Sequence[str | int]],
) -> int:
    """Rows changed. A record has the values of `fields` (attribute names); the last of them is the key of its row,
    which no two records share. `among`: further columns and the values that a row must have there to be changed.
    """
    if not records:
        return 0
    every = {field.name: field for field in _concrete(model)}
    given = [every[name] for name in fields]
    further = [f" AND t.{_column(every[name])} IN ({', '.join(['%s'] * len(held))})" for name, held in among.items()]
    extra = [value for held in among.values() for value in held]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One statement for all records. The driver's executemany sends, plans and runs one for each.
            cursor.execute(
                _update_from_arrays(model, given) + "".join(further), [*map(list, zip(*records, strict=True)), *extra]
            )
        else:
            cursor.executemany(_update_one(model, given) + "".join(further), [(*record, *extra) for record in records])
        return max(int(cursor.rowcount), 0)


def _update_from_arrays(model: type[models.Model], given: Sequence["models.Field[Any, Any]"]) -> str:
    *changed, key = map(_column, given)
    arrays = ", ".join(f"%s::{_array_type(field)}" for field in given)
    values = f"unnest({arrays}) AS v({', '.join([*changed, key])})"
    settings = ", ".join(f"{column} = v.{column}" for column in changed)
    return f"UPDATE {_table(model)} AS t SET {settings} FROM {values} WHERE t.{key} = v.{key}"  # noqa: S608 - names of our models


def _update_one(model: type[models.Model], given: Sequence["models.Field[Any, Any]"]) -> str:
    *changed, key = map(_column, given)
    settings = ", ".join(f"{column} = %s" for column in changed)
    return f"UPDATE {_table(model)} AS t SET {settings} WHERE t.{key} = %s"  # noqa: S608 - names of our models


def _column(field: "models.Field[Any, Any]") -> str:
    return connection.ops.quote_name(field.column or "")


def _array_type(field: "models.Field[Any, Any]") -> str:
    """Without length and digits: a cast would cut to them in silence what the column refuses."""
    kind, _, _ = (field.db_type(connection) or "").partition("(")
    return f"{kind}[]"


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """`count` fresh primary keys of `model`, so that rows can be referred to before they are stored.

    On SQLite the caller's transaction is IMMEDIATE, so nobody else takes a key between this and the insert.
    """
    table = _table(model).strip('"')
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # In a subquery it is looked up once, not for every key, which would cost more than the keys themselves.
            sequence = "(SELECT pg_get_serial_sequence(%s, 'id'))::regclass"
            cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [table, count])  # noqa: S608 - constant
            return [key for (key,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
    return range(last + 1, last + 1 + count)


def commit_without_waiting() -> None:
    """On PostgreSQL the current transaction's commit does not wait for the disk; a later one that does waits for both.

    For what is worth nothing without such a later commit: a crash of the database may undo it, never a part of it.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def delete_of_batch(model: type[models.Model], batch_id: int) -> None:
    """Delete a batch's rows of `model` without loading them, as the ORM's cascade would."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_table(model)} WHERE batch_id = %s", [batch_id])  # noqa: S608 - a name of our models


def analyze(model: type[models.Model], fields: Sequence[str] = ()) -> None:
    """Fresh statistics after a large load: the planner otherwise works with those of the table before it.

    `fields`: on PostgreSQL only of these; what is indexed by an expression (names, addresses) costs most of it.
    """
    every = {field.name: field for field in _concrete(model)}
    columns = ", ".join(_column(every[name]) for name in fields) if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_table(model)}" + (f" ({columns})" if columns else ""))


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - Django's documented model API


def _concrete(model: type[models.Model]) -> "Sequence[models.Field[Any, Any]]":
    return model._meta.concrete_fields  # noqa: SLF001 - Django's documented model API


def _default(field: "models.Field[Any, Any]") -> Value:
    value = field.get_default()
    return value if value is None or isinstance(value, (str, int)) else json.dumps(value)


def _escaped(value: Value) -> str:
    if value == "None":
        # COPY looks for NULL before it takes a backslash off.
        return r"\None"
    return value.translate(_ESCAPES) if isinstance(value, str) else str(value)


def _literal(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    quoted = value.replace("'", "''").replace("%", "%%")
    return f"'{quoted}'"
