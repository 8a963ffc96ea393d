"""Checks that need the whole list: duplicates, rounded numbers, the total."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from allocations.domain.cells import CleanRow
from allocations.domain.client_references import reference_key
from allocations.domain.duplicates import email_problems, person_problems, reference_problems
from allocations.domain.emails import email_key
from allocations.domain.files import FileRefused
from allocations.domain.numerals import grouped
from allocations.domain.problems import Problem, warning
from allocations.domain.unusual import far_above_list, middle_amount

# Excel shows 9876543210 as 9.87654E+09 and saves that back as 9876540000; by chance one number in 10,000 looks so.
_ROUNDED_SHARE = 0.03


class ListCheck:
    """Takes every row once, in order, and then knows what only the whole list shows.

    It keeps 52 bytes a row: texts as Python's keyed 64-bit hashes, 0 for an empty cell. Two different texts with
    one hash among a million rows have a chance below 1 in 10 million, and would cost a needless look at two rows.
    """

    def __init__(self) -> None:
        self.points = 0
        self._numbers = array("I")
        self._mobiles = array("Q")
        self._amounts = array("Q")
        self._names = array("q")
        self._emails = array("q")
        self._references = array("q")
        self._reference_keys = array("q")

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def has_references(self) -> bool:
        """Whether any row brought a reference of its own."""
        return any(self._references)

    def add(self, numbers: Sequence[int], rows: Sequence[CleanRow]) -> None:
        """Add a block of rows and their numbers in the file."""
        if not rows:
            return
        _, names, emails, mobiles, amounts, _, references = zip(*rows, strict=True)
        points = [amount or 0 for amount in amounts]
        self.points += sum(points)
        self._numbers.extend(numbers)
        self._mobiles.extend([int(mobile or 0) for mobile in mobiles])
        self._amounts.extend(points)
        self._names.extend([hash(name.casefold()) for name in names])
        self._emails.extend([hash(email_key(email)) if email else 0 for email in emails])
        self._references.extend([hash(text) if text else 0 for text in references])
        self._reference_keys.extend([hash(reference_key(text)) if text else 0 for text in references])

    def findings(self) -> Iterator[tuple[int, Problem]]:
        """Problems with the number of the row they belong to; each row names the first other row of its group."""
        yield from person_problems(self._numbers, self._mobiles, self._emails, self._names, self._amounts)
        yield from email_problems(self._numbers, self._emails, self._mobiles)
        yield from reference_problems(self._numbers, self._reference_keys, self._references)
        yield from self._rounded()

    def rows_of(self, people: Mapping[str, str]) -> Iterator[tuple[int, Problem]]:
        """Rows with the address of somebody who works with the portal; `people`: address -> who that is."""
        keys = {hash(email_key(address)): who for address, who in people.items()}
        for index, key in enumerate(self._emails if keys else ()):
            if key in keys:
                sentence = f"is that of {keys[key]}. Nobody approves points for themselves."
                yield self._numbers[index], warning("person_of_the_portal", "email", "", sentence)

    def far_above(self, *, factor: int) -> Iterator[tuple[int, Problem]]:
        """Rows with `factor` times the amount in the middle of the list, or more; 0 finds none."""
        rows = Counter(self._amounts)
        del rows[0]
        middle = middle_amount(rows) if factor else None
        if middle is None or max(rows) < middle * factor:
            return
        for index, amount in enumerate(self._amounts):
            if amount >= middle * factor:
                yield self._numbers[index], far_above_list(amount, middle)

    def _rounded(self) -> Iterator[tuple[int, Problem]]:
        known = len(self) - self._mobiles.count(0)
        ends = [index for index, mobile in enumerate(self._mobiles) if mobile and mobile % 10_000 == 0]
        if not ends or not looks_rounded(ends=len(ends), known=known):
            return
        for index in ends:
            yield self._numbers[index], rounded(str(self._mobiles[index]), ends=len(ends), known=known)


def looks_rounded(*, ends: int, known: int) -> bool:
    """Whether so many numbers that end in 0000 are more than chance."""
    return ends >= known * _ROUNDED_SHARE


def rounded(mobile: str, *, ends: int, known: int) -> Problem:
    sentence = f"ends in 0000, as {ends} of {known} numbers do. Excel may have rounded it; check the source."
    return warning("mobile_rounded", "mobile", mobile, sentence)


def check_points_total(points: int, *, limit: int) -> None:
    """Raise FileRefused when a list's points are above the installation's limit for one batch."""
    if points > limit:
        total, most = grouped(points), grouped(limit)
        raise FileRefused(f"The list totals {total} points; the limit is {most}. Split the list.")
