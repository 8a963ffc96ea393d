"""Warnings that a maker lets go with a reason, cause by cause, and that an approver has to have seen."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from allocations.domain.causes import cause_label
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.numerals import grouped

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Found:
    """The problems of one cause among the rows that would be sent.

    `newest` is the id of the one that was found last: ids only grow, so a problem with a higher one came later.
    """

    code: str
    rows: int
    newest: int


@dataclass(frozen=True, slots=True)
class Covered:
    """What a maker accepted: the warnings of a cause up to `newest`, and why."""

    code: str
    newest: int
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A cause as the manifest has it: rows that are sent in spite of it, and the maker's reason."""

    code: str
    rows: int
    reason: str


def is_covered(found: Found, given: Covered | None) -> bool:
    """Whatever was found after the acceptance nobody has accepted."""
    return given is not None and found.newest <= given.newest


def accepted(found: Iterable[Found], given: Mapping[str, Covered]) -> tuple[Accepted, ...]:
    """Every cause with its reason, by code. Raises InvalidInput where one has none; `given`: by code."""
    causes = sorted(found, key=lambda one: one.code)
    if sentence := against_unaccepted([one for one in causes if not is_covered(one, given.get(one.code))]):
        raise InvalidInput(sentence)
    return tuple(Accepted(one.code, one.rows, given[one.code].reason) for one in causes)


def against_unaccepted(missing: Sequence[Found]) -> str:
    """What keeps the list from being submitted; "" where every warning is accepted."""
    if not missing:
        return ""
    named = ", ".join(f"“{cause_label(one.code)}” in {_rows(one.rows)}" for one in missing)
    kinds = "1 kind of warning is" if len(missing) == 1 else f"{len(missing)} kinds of warnings are"
    return f"{kinds} not accepted yet: {named}. Say why it is right, or change or leave out the rows."


def checked_reason(reason: str) -> str:
    """Trimmed. Raises InvalidInput."""
    words = reason.strip()
    if not words:
        raise InvalidInput("The reason is empty. Say why these rows are right as they are; the approver reads it.")
    if len(words) > LONGEST_REASON:
        raise InvalidInput(f"The reason has {grouped(len(words))} characters. Write it in at most {LONGEST_REASON}.")
    return words


def check_shown(found: Found | None, shown: Found) -> None:
    """Raise StateConflict unless the cause is exactly what the page showed."""
    if found == shown:
        return
    now = f"is in {_rows(found.rows)} by now" if found else "is in no row any more"
    raise StateConflict(
        f"“{cause_label(shown.code)}” {now}, or other rows have it. Nothing was changed. Look at the list again."
    )


def check_seen(kinds: Mapping[str, str], seen: Collection[str]) -> None:
    """Raise InvalidInput unless the approver ticked each; `kinds`: what each is called, by code."""
    missing = [words for code, words in kinds.items() if code not in seen]
    if missing:
        named = ", ".join(f"“{words}”" for words in missing)
        raise InvalidInput(f"{len(missing)} not ticked: {named}. Look at each and tick it.")


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{grouped(number)} rows"
