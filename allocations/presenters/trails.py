"""Events of the trail as lines: what, who, and the figures that were written down with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from allocations.models import TrailEntry
from allocations.presenters.numbers import grouped
from allocations.presenters.stories import person

_HASH = 64
# Of a list; an entry can name thousands of rows.
_MOST = 100


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of an event. `is_id`: to be set in monospace."""

    label: str
    value: str
    is_id: bool


@dataclass(frozen=True, slots=True)
class Event:
    number: int
    at: datetime
    what: str
    who: str
    facts: tuple[Fact, ...]


def events(entries: Iterable[TrailEntry]) -> list[Event]:
    return [
        Event(
            number=entry.pk,
            at=entry.at,
            what=f"{entry.event[:1].upper()}{entry.event[1:]} ({entry.object_type} {entry.object_id})",
            who=person(entry.actor),
            facts=tuple(_facts(entry.data)),
        )
        for entry in entries
    ]


def _facts(data: dict[str, Any]) -> Iterable[Fact]:
    """By name, hashes last: they are long."""
    texts = [(key.replace("_", " "), _text(value)) for key, value in data.items() if value not in (None, "", [], {})]
    facts = [Fact(label=label, value=text, is_id=len(text) == _HASH and " " not in text) for label, text in texts]
    return sorted(facts, key=lambda fact: (fact.is_id, fact.label))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, list):
        more = [_("and %(number)s more") % {"number": grouped(len(value) - _MOST)}] if len(value) > _MOST else []
        return ", ".join([*map(_text, value[:_MOST]), *more])
    if isinstance(value, dict):
        return ", ".join(f"{str(key).replace('_', ' ')} {_text(item)}" for key, item in value.items())
    return str(value)
