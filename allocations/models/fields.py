"""Small shared pieces of table definitions."""

from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, CheckConstraint, Func, Q
from django.db.models.sql.compiler import SQLCompiler


def state_field(default: StrEnum) -> "CharField[str, str]":
    return CharField(max_length=16, default=default.value)


def known(field: str, states: type[StrEnum], name: str) -> CheckConstraint:
    """The database refuses a state that the code does not know."""
    return CheckConstraint(condition=Q(**{f"{field}__in": [state.value for state in states]}), name=name)


def paired(name: str, *fields: str) -> CheckConstraint:
    """Either all of the fields are set or none."""
    none = reduce(lambda left, right: left & right, (Q(**{f"{field}__isnull": True}) for field in fields))
    every = reduce(lambda left, right: left & right, (Q(**{f"{field}__isnull": False}) for field in fields))
    return CheckConstraint(condition=reduce(or_, (none, every)), name=name)


class NameKey(Func):
    """A name as searches compare it: in small letters, byte by byte whatever the database's own order is."""

    function = "LOWER"
    arity = 1
    output_field = CharField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template='(LOWER(%(expressions)s) COLLATE "C")', **context)
