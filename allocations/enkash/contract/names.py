"""What may be kept of an answer's texts, codes and unknown names: nobody's data, and nothing that makes each one new.

A text keeps the words of our vocabulary and nothing else, whatever it holds: who or how much it speaks of is gone.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from allocations.enkash.contract.vocabulary import WORDS
from allocations.enkash.strict_json import Json

GAP: Final = "…"
FIGURE: Final = "#"
LONGEST: Final = 200
NO_NAME: Final = "(a name that is no field name)"
_EDGES: Final = ".,:;!?()[]{}<>'\"“”‘’`-_=/|"
_FIGURE: Final = re.compile(r"[0-9][0-9.,:/-]*")
_FIELD_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,59}")
_MOST_DIGITS: Final = 3
_CODE_WORDS: Final = re.compile(r"[A-Za-z]+(?:[ _-][A-Za-z]+)*")
_PERSONAL: Final = (
    *("name", "firstname", "lastname", "cardholdername", "email", "mobile", "title", "username", "companyname"),
    *("remarks", "userid", "ekuserid", "enkashcardid"),
)


def plain(said: str) -> str:
    """A text with a gap for every word that is not in the vocabulary and # for every figure; cut to 200 characters."""
    kept: list[str] = []
    for chunk in said.casefold().split():
        word = _kept(chunk)
        if word != GAP or kept[-1:] != [GAP]:
            kept.append(word)
    return " ".join(kept)[:LONGEST]


def _kept(chunk: str) -> str:
    """One chunk between blanks. Glued words ("or/and", "card-account") pass if each of them would."""
    bare = chunk.strip(_EDGES)
    if _FIGURE.fullmatch(bare):
        return FIGURE
    parts = [bare] if bare in WORDS else re.split(r"[-/,.:]", bare)
    return "-".join(parts) if all(part in WORDS for part in parts) else GAP


def code(value: Json) -> str:
    """A code's value if it can be one: a small number, or words of the vocabulary."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 100_000:
        return str(value)
    if isinstance(value, str) and _CODE_WORDS.fullmatch(value):
        words = re.split(r"[ _-]", value)
        return value.upper() if all(word.casefold() in WORDS for word in words) else GAP
    return GAP


def field_name(key: str, *, of_people: frozenset[str]) -> str:
    """An unknown key if it looks like a field's name and is nobody's. `of_people`: what `words_of_people` found."""
    digits = sum(sign.isdigit() for sign in key)
    is_name = bool(_FIELD_NAME.fullmatch(key)) and digits <= _MOST_DIGITS
    return key if is_name and key.replace("_", "") not in of_people else NO_NAME


def words_of_people(root: Json) -> frozenset[str]:
    """What the answer itself tells of people, word by word and as one: no unknown key may repeat it."""
    found: set[str] = set()
    for value in _personal(root):
        words = re.findall(r"\w+", value.casefold())
        found.update(words)
        found.add("".join(words))
    return frozenset(found)


def _personal(root: Json) -> Iterator[str]:
    level: list[Json] = [root]
    while level:
        for value in level:
            if isinstance(value, Mapping):
                yield from (text for key in _PERSONAL if isinstance(text := value.get(key), str))
        level = [child for value in level for child in _children(value)]


def _children(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [child for child in value.values() if isinstance(child, dict | list)]
    return [child for child in value if isinstance(child, dict | list)] if isinstance(value, list) else []
