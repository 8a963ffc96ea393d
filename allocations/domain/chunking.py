"""The plan of a run: which rows go into which bulk call."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class Planned:
    """A row as far as the plan needs it; `email` may be ""."""

    row_id: int
    mobile: str
    email: str


def set_apart(rows: Iterator[Planned], *, count: int) -> tuple[list[int], Iterator[Planned]]:
    """The first `count` rows that name different people, as the chunk that goes first, and all others in file order."""
    taken: list[int] = []
    passed: list[Planned] = []
    people: set[str] = set()
    for row in rows:
        keys = {key for key in (row.mobile, row.email.casefold()) if key}
        if people & keys:
            passed.append(row)
            continue
        taken.append(row.row_id)
        people |= keys
        if len(taken) == count:
            break
    return taken, chain(passed, rows)


def plan(rows: Iterable[Planned], *, size: int) -> list[list[int]]:
    """Row ids per chunk, in file order: each row goes into the first chunk with room and without its mobile or e-mail.

    Success lines of EnKash carry no reference, so a person may occur only once in a request. Deterministic: the same
    rows give the same plan. `free` remembers per person the first chunk that is neither full nor holds them, and only
    ever grows: linear, also for a list that names one person again and again.
    """
    chunks: list[list[int]] = []
    holds: dict[str, set[int]] = defaultdict(set)
    free: dict[str, int] = defaultdict(int)
    first_open = 0
    for row in rows:
        keys = [key for key in (row.mobile, row.email.casefold()) if key]
        at = max([first_open, *(free[key] for key in keys)])
        while at < len(chunks) and (len(chunks[at]) >= size or any(at in holds[key] for key in keys)):
            at += 1
        if at == len(chunks):
            chunks.append([])
        chunks[at].append(row.row_id)
        for key in keys:
            holds[key].add(at)
            free[key] = _next_free(chunks, holds[key], max(free[key], first_open), size)
        while first_open < len(chunks) and len(chunks[first_open]) >= size:
            first_open += 1
    return chunks


def _next_free(chunks: Sequence[Sequence[int]], held: set[int], start: int, size: int) -> int:
    at = start
    while at < len(chunks) and (at in held or len(chunks[at]) >= size):
        at += 1
    return at
