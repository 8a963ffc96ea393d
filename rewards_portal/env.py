"""Typed readers of environment variables: a missing or wrong one stops the start, by name, with the remedy."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from dotenv import dotenv_values
from environs import Env, EnvError

Value = TypeVar("Value")
_env = Env()


def read_file(path: Path, *, unless: str) -> None:
    """Load `path` where the environment has no value yet; not at all when the variable `unless` is set."""
    # An environment that configures itself must never be completed from a demo's left-over file.
    if unless not in os.environ and path.is_file():
        for name, value in dotenv_values(path).items():
            os.environ.setdefault(name, value or "")


def text(name: str, *, use: str, default: str | None = None) -> str:
    """Return the value; without a default an empty one counts as missing. `use` tells what to set."""
    value = _read(name, use=use, parse=_env.str, kind="text", default=default)
    if not value and default is None:
        raise ImproperlyConfigured(f"{name} is empty. {use}")
    return value


def whole(name: str, *, use: str, default: int, minimum: int = 1) -> int:
    """Return a whole number that is at least `minimum`."""
    value = _read(name, use=use, parse=_env.int, kind="a whole number", default=default)
    if value < minimum:
        raise ImproperlyConfigured(f"{name} is {value}; the least is {minimum}. {use}")
    return value


def seconds(name: str, *, use: str, default: float) -> float:
    """Return a duration in seconds, more than 0."""
    value = _read(name, use=use, parse=_env.float, kind="a number of seconds", default=default)
    if value <= 0:
        raise ImproperlyConfigured(f"{name} is {value}; it is more than 0 seconds. {use}")
    return value


def flag(name: str, *, use: str, default: bool) -> bool:
    """Return a yes or no: true/false, yes/no, on/off, 1/0."""
    return _read(name, use=use, parse=_env.bool, kind="on or off", default=default)


def words(name: str, *, use: str, default: str | None = None) -> list[str]:
    """Return a comma-separated list, empty members left out; without a default it must have one."""
    found = [word.strip() for word in text(name, use=use, default=default).split(",") if word.strip()]
    if not found and default is None:
        raise ImproperlyConfigured(f"{name} names nothing. {use}")
    return found


_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekdays(name: str, *, use: str, default: str) -> list[int]:
    """Return days of the week, written mon,tue, as numbers from 1 for Monday."""
    found = words(name, use=use, default=default)
    for word in found:
        if word.lower() not in _WEEK:
            raise ImproperlyConfigured(f"{name} names {word!r}; a day is one of {', '.join(_WEEK)}. {use}")
    return [_WEEK.index(word.lower()) + 1 for word in found]


def choice(name: str, *, use: str, options: tuple[str, ...], default: str | None = None) -> str:
    """Return one of `options`."""
    value = text(name, use=use, default=default)
    if value not in options:
        raise ImproperlyConfigured(f"{name} is {value!r}; it is one of {', '.join(options)}. {use}")
    return value


def _read(name: str, *, use: str, parse: Callable[..., Value], kind: str, default: Value | None) -> Value:
    try:
        return parse(name) if default is None else parse(name, default)
    except EnvError as error:
        value = os.environ.get(name)
        problem = "is not set" if value is None else f"is {value!r}, not {kind}"
        raise ImproperlyConfigured(f"{name} {problem}. {use}") from error
