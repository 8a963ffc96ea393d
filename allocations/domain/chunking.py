"""The plan of a run: which rows go into which bulk call."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planned:
    """A row as far as the plan needs it; `email` may be ""."""

    row_id: int
    mobile: str
    email: str


def plan(rows: Iterable[Planned], *, size: int) -> list[list[int]]:
    """Row ids per chunk, in file order: each row goes into the first chunk with room and without its mobile or e-mail.

    Success lines of EnKash carry no reference, so a person may occur only once in a request. Deterministic: the same
    rows give the same plan. Rows of the same person go into ever later chunks, so searching starts behind the
    last one that holds the person and the first one with room: linear for lists without repetitions.
    """
    chunks: list[list[int]] = []
    holds: dict[str, set[int]] = defaultdict(set)
    first_open = 0
    for row in rows:
        keys = [key for key in (row.mobile, row.email.casefold()) if key]
        taken = holds[keys[0]].union(*(holds[key] for key in keys[1:])) if keys else set()
        at = _first_free(chunks, taken, first_open, size)
        if at == len(chunks):
            chunks.append([])
        chunks[at].append(row.row_id)
        for key in keys:
            holds[key].add(at)
        while first_open < len(chunks) and len(chunks[first_open]) >= size:
            first_open += 1
    return chunks


def _first_free(chunks: Sequence[Sequence[int]], taken: set[int], start: int, size: int) -> int:
    at = start
    while at < len(chunks) and (at in taken or len(chunks[at]) >= size):
        at += 1
    return at
