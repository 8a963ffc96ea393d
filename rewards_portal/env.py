"""Typed readers of environment variables: a missing or wrong one stops the start, by name, with the remedy."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

Value = TypeVar("Value")
_env = Env()


def read_file(path: Path, *, unless: str) -> None:
    """Load `path` where the environment has no value yet; not at all when the variable `unless` is set."""
    # An environment that configures itself must never be completed from a demo's left-over file.
    if unless not in os.environ and path.is_file():
        _env.read_env(path, recurse=False)


def text(name: str, *, use: str, default: str | None = None) -> str:
    """Return the value; without a default an empty one counts as missing. `use` tells what to set."""
    value = _read(name, use=use, parse=_env.str, default=default)
    if not value and default is None:
        raise ImproperlyConfigured(f"{name} is empty. {use}")
    return value


def whole(name: str, *, use: str, default: int, minimum: int = 1) -> int:
    """Return a whole number that is at least `minimum`."""
    value = _read(name, use=use, parse=_env.int, default=default)
    if value < minimum:
        raise ImproperlyConfigured(f"{name} is {value}; the least is {minimum}. {use}")
    return value


def seconds(name: str, *, use: str, default: float) -> float:
    """Return a duration in seconds, more than 0."""
    value = _read(name, use=use, parse=_env.float, default=default)
    # `not >` also refuses NaN, which compares false with everything.
    if not value > 0:
        raise ImproperlyConfigured(f"{name} is {value}; a time is more than 0 seconds. {use}")
    return value


def flag(name: str, *, use: str, default: bool) -> bool:
    """Return a yes or no: true/false, yes/no, on/off, 1/0."""
    return _read(name, use=use, parse=_env.bool, default=default)


def words(name: str, *, use: str, default: str | None = None) -> list[str]:
    """Return a comma-separated list, empty members left out; without a default it must have one."""
    return [word.strip() for word in text(name, use=use, default=default).split(",") if word.strip()]


def choice(name: str, *, use: str, options: tuple[str, ...], default: str | None = None) -> str:
    """Return one of `options`."""
    value = text(name, use=use, default=default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}; it is one of {', '.join(options)}. {use}")
    return value


def _read(name: str, *, use: str, parse: Callable[..., Value], default: Value | None) -> Value:
    try:
        return parse(name) if default is None else parse(name, default)
    except EnvError as error:
        problem = "is not set" if os.environ.get(name) is None else f"is not valid ({error.args[0]})"
        raise ImproperlyConfigured(f"{name} {problem}. {use}") from error
