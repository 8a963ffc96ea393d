"""Changes to the portal's own functions that live as long as a `with` block: a wrong protocol, as a test of the tests."""

import importlib
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any


class Moved(Exception):
    """The text that a mutant changes is not where it was: the mutant has to follow the code."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Other text in one function. `old` has to occur in it exactly once."""

    function: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong protocol, the invariants that have to notice it, and circumstances in which it matters."""

    name: str
    does: str
    caught_by: frozenset[str]
    edits: Sequence[Edit] = ()
    circumstances: Mapping[str, Any] = field(default_factory=dict)


@contextmanager
def mutated(mutant: Mutant) -> Iterator[None]:
    """The functions are changed where everybody finds them, however they were imported."""
    former: dict[FunctionType, CodeType] = {}
    try:
        for function, edits in _by_function(mutant).items():
            former[function] = function.__code__
            function.__code__ = _compiled(function, edits)
        yield
    finally:
        for function, code in former.items():
            function.__code__ = code


def _by_function(mutant: Mutant) -> dict[FunctionType, list[Edit]]:
    found: dict[FunctionType, list[Edit]] = {}
    for edit in mutant.edits:
        found.setdefault(_function(edit.function), []).append(edit)
    return found


def _function(path: str) -> FunctionType:
    module, _, name = path.rpartition(".")
    function = getattr(importlib.import_module(module), name, None)
    if not isinstance(function, FunctionType):
        raise Moved(f"There is no function {path}.")
    return function


def _compiled(function: FunctionType, edits: Sequence[Edit]) -> CodeType:
    source = textwrap.dedent(inspect.getsource(function))
    for edit in edits:
        if source.count(edit.old) != 1:
            raise Moved(f"{edit.function} has {source.count(edit.old)} times, not once: {edit.old!r}")
        source = source.replace(edit.old, edit.new)
    names: dict[str, Any] = {}
    # The annotations are evaluated with the module's names, the function itself lands elsewhere.
    exec(compile(source, f"<mutant of {function.__qualname__}>", "exec"), function.__globals__, names)
    return names[function.__name__].__code__
