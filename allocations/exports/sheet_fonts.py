"""The letters of a printed sheet: which font has which character, and where the portal keeps its font files."""

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from fontTools.ttLib import TTFont

LATIN = "latin"
# Rarer Latin letters, and those of transcriptions (ṣ, ṭ), which only Inter has: as it is without a weight asked for.
_REST, _INTER = "latin-ext", "inter-latin-ext"
# No font has the character: the sheet draws a box.
BOX = ""
# Script -> its block of Unicode. Scripts that pages have fonts for; each is named as its file.
_BLOCKS = {
    "devanagari": range(0x0900, 0x0980),
    "bengali": range(0x0980, 0x0A00),
    "gurmukhi": range(0x0A00, 0x0A80),
    "gujarati": range(0x0A80, 0x0B00),
    "tamil": range(0x0B80, 0x0C00),
    "telugu": range(0x0C00, 0x0C80),
    "kannada": range(0x0C80, 0x0D00),
    "malayalam": range(0x0D00, 0x0D80),
}
SCRIPTS = tuple(_BLOCKS)
# They join or part letters of a word, and have no shape of their own.
JOINERS = "\u200c\u200d"
_SAME = str.maketrans({"\u2010": "-", "\u2011": "-"})


def font_file(name: str, *, weight: int) -> Path:
    """Where packages are installed, else where static files were collected. Raises FileNotFoundError."""
    address = f"packages/{_INTER}.woff2" if name == _INTER else f"packages/noto-{name}-{weight}.woff2"
    found = finders.find(address)
    path = Path(found) if isinstance(found, str) else _collected(address)
    if not path.is_file():
        raise FileNotFoundError(f"The font {address} is neither installed nor collected.")
    return path


def _collected(address: str) -> Path:
    """In an image no packages are left, and only the names with a hash."""
    name = address
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        with suppress(ValueError):
            name = staticfiles_storage.stored_name(address)
    return Path(staticfiles_storage.path(name))


def cleaned(text: str) -> str:
    """One line, in the form in which fonts have letters; of what cannot be seen only joiners stay."""
    seen = (
        " " if unicodedata.category(char) == "Cc" else char
        for char in unicodedata.normalize("NFC", text).translate(_SAME)
        if char in JOINERS or unicodedata.category(char) != "Cf"
    )
    return " ".join("".join(seen).split())


@cache
def characters_of(name: str) -> frozenset[int]:
    """Code points that the font has letters for. The weights of one family have the same."""
    with TTFont(font_file(name, weight=400), lazy=True) as font:
        return frozenset(font.getBestCmap())


def pieces(word: str) -> Iterator[tuple[str, str]]:
    """Font and text, in order. What stands within a word (joiners, dandas) stays with the letters before it."""
    font, begun = BOX, ""
    for char in word:
        wanted = _font_of(char, before=font if begun else BOX)
        if wanted is None:
            continue
        if begun and wanted != font:
            yield font, begun
            begun = ""
        font, begun = wanted, begun + char
    if begun:
        yield font, begun


def _font_of(char: str, *, before: str) -> str | None:
    """None: a joiner with nothing to join."""
    if before in _BLOCKS and not char.isascii() and ord(char) in characters_of(before):
        return before
    if char in JOINERS:
        return None
    own = next((script for script, block in _BLOCKS.items() if ord(char) in block), LATIN)
    return next((font for font in (own, LATIN, _REST, _INTER) if ord(char) in characters_of(font)), BOX)
