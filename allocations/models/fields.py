"""Small shared pieces of table definitions."""

from enum import StrEnum
from functools import reduce
from operator import or_

from django.db.models import CharField, CheckConstraint, Q


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
