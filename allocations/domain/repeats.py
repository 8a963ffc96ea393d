"""A list that gives points which another batch has given, or is about to give: when is it one too many?"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allocations.domain.errors import StateConflict
from allocations.domain.numerals import grouped


class ContentRoot:
    """One value for who gets how much, whatever the order: the sum of the rows' hashes.

    It finds equal lists; whether they are equal is then counted row by row. `key` (16 to 64 bytes) keeps it from
    telling who is in a short list: all mobile numbers are quickly tried.
    """

    def __init__(self, *, key: bytes) -> None:
        self._hash = hashlib.blake2b(key=key, digest_size=32)
        self._sum = 0

    def add(self, mobile: str, amount: int) -> None:
        row = self._hash.copy()
        row.update(f"{mobile}:{amount}".encode())
        self._sum += int.from_bytes(row.digest())

    def hexdigest(self) -> str:
        return f"{self._sum % 2**256:064x}"


@dataclass(frozen=True, slots=True)
class Repeat:
    """Rows that another batch has too: same person, same points.

    `rows` are those that this list would send, `other_rows` those that the other batch sends or has sent. `points` are
    those of the equal rows. `ended_at`: when the other's run ended; None while it is on its way.
    """

    batch_id: int
    purpose: str
    equal: int
    points: int
    rows: int
    other_rows: int
    ended_at: datetime | None

    @property
    def code(self) -> str:
        """What an approver ticks."""
        return f"repeat_{self.batch_id}"

    @property
    def is_whole(self) -> bool:
        return self.equal == self.rows == self.other_rows


class RepeatRefused(StateConflict):
    """Not submitted because of other batches; `found` is what the maker has to see."""

    def __init__(self, sentence: str, found: Sequence[Repeat]) -> None:
        super().__init__(sentence)
        self.found = found


def is_notable(repeat: Repeat) -> bool:
    """Every second row or more. Regular payouts share some rows by nature."""
    return 0 < repeat.rows <= 2 * repeat.equal


def explained(repeat: Repeat) -> str:
    """412 of 430 rows equal batch 214, “Diwali 2026”: same people, same points, 2,06,000 points in all."""
    other = f"batch {repeat.batch_id}, “{repeat.purpose}”"
    if repeat.is_whole:
        rows = "1 row" if repeat.rows == 1 else f"{grouped(repeat.rows)} rows"
        return f"The same people and points as {other}: {rows}, {_points(repeat)} in all."
    return (
        f"{grouped(repeat.equal)} of {grouped(repeat.rows)} rows equal {other}: same people, same points, "
        f"{_points(repeat)} in all."
    )


def _points(repeat: Repeat) -> str:
    return "1 point" if repeat.points == 1 else f"{grouped(repeat.points)} points"


def against_repeating(found: Sequence[Repeat], *, now: datetime, days: int) -> str:
    """What keeps the list from being submitted, whatever the reason; "" where nothing does.

    A list that is the whole of another batch waits until that one has ended, and then `days` more.
    """
    for repeat in found:
        if not repeat.is_whole:
            continue
        if repeat.ended_at is None:
            return f"{explained(repeat)} That batch is on its way: withdraw or cancel it first, or let this list be."
        if now - repeat.ended_at < timedelta(days=days):
            return (
                f"{explained(repeat)} Its run ended {_days((now - repeat.ended_at).days)} ago; the same list can be "
                f"submitted again after {_days(days)}. Failed rows are run again on the page of that batch."
            )
    return ""


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def check_repeats(found: Sequence[Repeat], *, shown: Collection[int], reason: str, now: datetime, days: int) -> None:
    """Raise RepeatRefused unless the maker saw every batch in `shown` and said why the points are given again."""
    if sentence := against_repeating(found, now=now, days=days):
        raise RepeatRefused(sentence, found)
    if not found:
        return
    if not reason:
        raise RepeatRefused(f"{explained(found[0])} Say on the page of the list why they get the points again.", found)
    for repeat in found:
        if repeat.batch_id not in shown:
            raise RepeatRefused(
                f"{explained(repeat)} The page did not show that yet. Look at it and submit the list again.", found
            )
