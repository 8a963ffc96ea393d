"""A correction workbook that came back, as what it would change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from allocations.domain.problems import Problem, Severity
from allocations.presenters.review_grid import Said
from allocations.services.corrections import Difference

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class CellLine:
    """One cell as it is and as it would be. `said`: what the list's checks then say about it."""

    number: int
    label: str
    before: str
    after: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class DiffPage:
    """Cells of some rows; the figures are of all. `next`: the page's last row, None on the last page."""

    lines: tuple[CellLine, ...]
    rows: int
    cells: int
    rows_with_errors: int
    next: int | None


def diff_page(differences: Sequence[Difference], *, after: int, labels: Mapping[str, str]) -> DiffPage:
    """A page of whole rows above the row number `after`."""
    left = [one for one in differences if one.number > after]
    shown = left[:PAGE_SIZE]
    return DiffPage(
        lines=tuple(line for one in shown for line in _lines(one, labels)),
        rows=len(differences),
        cells=sum(len(one.texts) for one in differences),
        rows_with_errors=sum(_has_error(one.findings) for one in differences),
        next=shown[-1].number if len(left) > len(shown) else None,
    )


def _has_error(findings: Iterable[Problem]) -> bool:
    return any(one.severity is Severity.ERROR for one in findings)


def _lines(one: Difference, labels: Mapping[str, str]) -> Iterable[CellLine]:
    """Problems in other cells stand with the row's last one, so that a row that stays faulty says so."""
    last = list(one.texts)[-1]
    for field, (before, after) in one.texts.items():
        own = [_said(found, labels[field]) for found in one.findings if found.field == field]
        if field == last:
            own += [_said(found, labels.get(found.field, "")) for found in one.findings if found.field not in one.texts]
        yield CellLine(one.number, labels[field], before, after, tuple(own))


def _said(found: Problem, label: str) -> Said:
    plain = found.message[:1].upper() + found.message[1:]
    text = _("%(column)s %(problem)s") % {"column": label, "problem": found.message} if label else plain
    return Said(text, found.severity is Severity.ERROR)
