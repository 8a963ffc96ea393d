"""What a kind of fault is."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allocations.enkash.simulator.answers import Answer, Endpoint
from allocations.enkash.simulator.work import Stage, Work


def unchanged(answer: Answer) -> Answer:
    return answer


def all_work() -> Work:
    return Work()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """change makes the false answer from the true one (an empty one where no work is done); plan limits the work.

    Options of a fault are the keyword parameters of both. is_answer: the client still learns what became of its rows.
    """

    endpoint: Endpoint = Endpoint.BULK
    stage: Stage = Stage.ALL
    change: Callable[..., Answer] = unchanged
    plan: Callable[..., Work] = all_work
    is_answer: bool = False

    def names(self, function: Callable[..., object]) -> set[str]:
        """The keyword parameters that the function takes."""
        parameters = inspect.signature(function).parameters.values()
        return {each.name for each in parameters if each.kind is inspect.Parameter.KEYWORD_ONLY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One scripted or drawn misbehaviour of one request."""

    name: str
    kind: Kind
    endpoint: Endpoint
    stage: Stage
    options: Mapping[str, Any] = field(default_factory=dict)

    def work(self) -> Work:
        """The limits that the kind sets on the work, all of it unless the stage is HALF."""
        return Work(half=True) if self.stage is Stage.HALF else self.kind.plan(**self._for(self.kind.plan))

    def apply(self, answer: Answer) -> Answer:
        return self.kind.change(answer, **self._for(self.kind.change))

    def _for(self, function: Callable[..., object]) -> dict[str, Any]:
        names = self.kind.names(function)
        return {name: value for name, value in self.options.items() if name in names}
