"""Translations say what the English does: same values, same markup, nothing guessed."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import get_format

from allocations.presenters import numbers, statuses, times

FILES = sorted(Path(settings.BASE_DIR, "locale").glob("*/LC_MESSAGES/django.po"))
_TAGS = re.compile(r"</?[a-z][^>]*>")
_VALUES = re.compile(r"%\((\w+)\)[sd]")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def texts(value: str | tuple[str, ...] | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def translated(path: Path) -> list[Message]:
    return [message for message in catalogue(path) if message.id and any(texts(message.string))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_nothing_is_guessed_or_left_behind(path):
    """`make messages` makes neither; an entry that is fuzzy would be compiled by nobody and trusted by its reader."""
    found = catalogue(path)
    assert [message.id for message in found if message.id and message.fuzzy] == []
    assert list(found.obsolete) == []
    assert path.parts[-3] in dict(settings.LANGUAGES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
def test_translation_has_the_values_and_the_markup_of_its_english(path):
    found, wrong = catalogue(path), []
    for message in translated(path):
        wrong += [(message.id, str(error)) for error in message.check(found)]
        english = texts(message.id)[-1]
        for said in texts(message.string):
            if set(_VALUES.findall(said)) != set(_VALUES.findall(english)):
                wrong.append((message.id, said))
            if sorted(_TAGS.findall(said)) != sorted(_TAGS.findall(english)):
                wrong.append((message.id, said))
    assert wrong == []
    assert len(translated(path)) > 400


@pytest.mark.parametrize("code", [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE])
def test_every_offered_language_is_compiled_and_says_the_fixed_words(code):
    english = [status.word for status in statuses.LEGEND]
    with translation.override(code):
        said = [status.said for status in statuses.LEGEND]
        counted = {numbers.counted(number, "row") for number in (1, 5)}
    assert [word for word, shown in zip(english, said, strict=True) if word == shown] == []
    assert len(set(said)) == len(said)
    assert counted.isdisjoint({"1 row", "5 rows"})


def test_figures_and_clocks_stay_as_they_are_in_india():
    """Digits, their groups and the zone: what people compare with a statement is written the same everywhere."""
    with translation.override("hi"):
        assert (numbers.grouped(1_234_567), times.clock(None, now=timezone.now()), get_format("DECIMAL_SEPARATOR")) == (
            "12,34,567",
            "–",
            ".",
        )
        assert numbers.points(1) == "1 पॉइंट"
