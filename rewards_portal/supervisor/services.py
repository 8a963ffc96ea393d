"""What the supervisor keeps alive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


def at_once() -> bool:
    """Stand for a service on which nothing else waits."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One long-running command. Services of stage 0 start first and stop last; stage 1 waits until they are ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stage: int = 1
    ready: Callable[[], bool] = at_once
