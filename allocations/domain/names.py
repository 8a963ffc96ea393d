"""Names, titles and remarks: people's own words, kept as they are in any script."""

import re

from allocations.domain.problems import Problem, error, quoted, warning

TITLES = {"": "", "mr": "Mr", "mrs": "Mrs", "ms": "Ms"}

_TOTALS = re.compile(r"(?:grand|sub)?[ -]?totals?(?: (?:amount|points|rows))?|sum", re.IGNORECASE)


def clean_title(text: str) -> tuple[str, Problem | None]:
    """Return Mr, Mrs, Ms or "" whatever the case and dots; EnKash documents no other title."""
    title = TITLES.get(text.replace(".", "").strip().casefold())
    if title is None:
        sentence = f"is {quoted(text)}; use Mr, Mrs or Ms, or leave it empty."
        return "", error("title_unknown", "title", text, sentence)
    return title, None


def clean_name(text: str, *, max_length: int) -> tuple[str, list[Problem]]:
    if not text:
        return "", [error("name_missing", "name", text, "is empty. Enter the person's name.")]
    if len(text) > max_length:
        sentence = f"is longer than {max_length} characters ({len(text)}). Shorten it."
        return "", [error("name_too_long", "name", text, sentence)]
    return text, _oddities(text)


def clean_remarks(text: str, *, max_length: int) -> tuple[str, list[Problem]]:
    if len(text) > max_length:
        sentence = f"is longer than {max_length} characters ({len(text)}). Shorten it."
        return "", [error("remarks_too_long", "remarks", text, sentence)]
    return text, _markup(text, "remarks")


def is_total(text: str) -> bool:
    """True for the label of a sum under a column ("Total", "Grand total:")."""
    return _TOTALS.fullmatch(text.strip(" :-=")) is not None


def _oddities(name: str) -> list[Problem]:
    found = _markup(name, "name")
    if not any(mark.isalpha() for mark in name):
        sentence = f"has no letters ({quoted(name)}). Check whether it is a name."
        found.append(warning("name_without_letters", "name", name, sentence))
    if name[0] in "=+-@":
        sentence = f"starts with {name[0]}, as a spreadsheet formula does. It is kept as text."
        found.append(warning("name_like_formula", "name", name, sentence))
    return found


def _markup(text: str, field: str) -> list[Problem]:
    if "<" not in text:
        return []
    return [warning("markup", field, text, "contains the character <. It is kept and shown as text.")]
