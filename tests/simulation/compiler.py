"""Django's SQL compilers with a memory for what a query of all columns always selects. Same SQL, same values.

Compiling queries is most of what a seed costs; this saves a sixth of it.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Field
from django.db.models.expressions import Col
from django.db.models.sql import compiler

_selected: dict[tuple[Any, ...], tuple[list[Any], dict[str, Any], list[Any]]] = {}
_of_field: dict[tuple[str, Field], list[Callable[..., Any]]] = {}


class _Remembering:
    def compile(self, node: Any) -> tuple[str, Any]:
        if type(node) is not Col:
            return super().compile(node)
        column = self.quote_name_unless_alias(node.target.column)
        return (f"{self.quote_name_unless_alias(node.alias)}.{column}" if node.alias else column), []

    def get_select(self, with_col_aliases: bool = False) -> tuple[Any, Any, Any]:
        query = self.query
        special = (
            query.select_related or query.annotations or query.extra or query.deferred_loading[0] or query.combinator
        )
        if special or not query.default_cols or query.selected is not None or with_col_aliases:
            return super().get_select(with_col_aliases)
        key = (query.model, query.get_initial_alias(), self.connection.vendor)
        if key not in _selected:
            _selected[key] = super().get_select(with_col_aliases)
        select, info, annotations = _selected[key]
        return list(select), dict(info), dict(annotations)

    def get_converters(self, expressions: Iterable[Any]) -> dict[int, Any]:
        expressions = list(expressions)
        if any(type(e) is not Col or e.target is not e.output_field for e in expressions):
            return super().get_converters(expressions)
        pairs = ((self._converters_of(expression), expression) for expression in expressions)
        return {at: pair for at, pair in enumerate(pairs) if pair[0]}

    def _converters_of(self, column: Col) -> list[Callable[..., Any]]:
        key = (self.connection.vendor, column.target)
        if key not in _of_field:
            backend = self.connection.ops.get_db_converters(column)
            _of_field[key] = backend + column.get_db_converters(self.connection)
        return _of_field[key]


class SQLCompiler(_Remembering, compiler.SQLCompiler): ...


class SQLInsertCompiler(_Remembering, compiler.SQLInsertCompiler): ...


class SQLDeleteCompiler(_Remembering, compiler.SQLDeleteCompiler): ...


class SQLUpdateCompiler(_Remembering, compiler.SQLUpdateCompiler): ...


class SQLAggregateCompiler(_Remembering, compiler.SQLAggregateCompiler): ...
