"""Events of the trail as lines: what, who, and the figures that were written down with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from allocations.models import TrailEntry
from allocations.presenters.numbers import grouped
from allocations.presenters.stories import person
from allocations.presenters.trail_words import sentence

_HASH = 64
# Of a list; an entry can name thousands of rows.
_MOST = 100
# More entries than these are shown when asked for.
_FOLDED = 10


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure of an event. `is_id`: to be set in monospace. `entries`: of a list that is folded away; else 0."""

    label: str
    value: str
    is_id: bool
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """`name`: what the entry itself calls it. `sentence`: the same in plain words, "" where there are none."""

    number: int
    at: datetime
    name: str
    sentence: str
    who: str
    facts: tuple[Fact, ...]


def events(entries: Iterable[TrailEntry]) -> list[Event]:
    return [
        Event(
            number=entry.pk,
            at=entry.at,
            name=f"{entry.event} ({entry.object_type} {entry.object_id})",
            sentence=sentence(entry),
            who=person(entry.actor),
            facts=tuple(_facts(entry.data)),
        )
        for entry in entries
    ]


def _facts(data: dict[str, Any]) -> Iterable[Fact]:
    """By name, hashes last: they are long."""
    facts = [_fact(key.replace("_", " "), value) for key, value in data.items() if value not in (None, "", [], {})]
    return sorted(facts, key=lambda fact: (fact.is_id, fact.entries > 0, fact.label))


def _fact(label: str, value: object) -> Fact:
    text = _text(value)
    folded = len(value) if isinstance(value, list) and len(value) > _FOLDED else 0
    return Fact(label=label, value=text, is_id=len(text) == _HASH and " " not in text, entries=folded)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, list):
        more = [_("and %(number)s more") % {"number": grouped(len(value) - _MOST)}] if len(value) > _MOST else []
        # Entries that are lists themselves, such as a row and what became of it, keep together.
        between = "; " if isinstance(value[0], list) else ", "
        told = (" ".join(map(_text, one)) if isinstance(one, list) else _text(one) for one in value[:_MOST])
        return between.join([*told, *more])
    if isinstance(value, dict):
        return ", ".join(f"{str(key).replace('_', ' ')} {_text(item)}" for key, item in value.items())
    return str(value)
