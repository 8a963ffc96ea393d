"""Tables of a printed sheet: their headings stand again on every page that they reach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allocations.exports.sheet_paper import MARGIN, WIDTH, Paper, leading

_GAP, _AIR = 2.0, 1.4
# What stands at the right keeps this far from the next column, which begins at its left.
_GAP_AFTER_FIGURES = 4.0
# In mm: a row that is no higher is not parted between two pages.
_KEPT = 60.0


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in mm; all of a table are WIDTH together. Figures stand at the right."""

    head: str
    width: float
    is_figure: bool = False

    @property
    def inner(self) -> float:
        return self.width - (_GAP_AFTER_FIGURES if self.is_figure else _GAP)


def write_table(
    paper: Paper,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    total: Sequence[str] = (),
    size: float = 8,
) -> None:
    """`total`: a last row, in bold."""
    step = leading(size)
    paper.room_for(4 * step)
    _head(paper, columns, size=size)
    for row in rows:
        _row(paper, columns, row, size=size)
    if total:
        _row(paper, columns, total, size=size, bold=True)
    paper.at += 2


def _head(paper: Paper, columns: Sequence[Column], *, size: float) -> None:
    _cells(paper, columns, [column.head for column in columns], size=size, bold=True)
    paper.rule(paper.at, strong=True)
    paper.at += _AIR / 2


def _row(paper: Paper, columns: Sequence[Column], texts: Sequence[str], *, size: float, bold: bool = False) -> None:
    _cells(paper, columns, texts, size=size, bold=bold, head_again=True)
    paper.rule(paper.at)
    paper.at += _AIR / 2


def _cells(
    paper: Paper,
    columns: Sequence[Column],
    texts: Sequence[str],
    *,
    size: float,
    bold: bool,
    head_again: bool = False,
) -> None:
    step = leading(size)
    cells = [paper.lines(text, column.inner, size=size, bold=bold) for column, text in zip(columns, texts, strict=True)]
    height = max(map(len, cells))
    for number in range(height):
        needed = height * step + _AIR if number == 0 and height * step < _KEPT else step + _AIR
        if head_again and paper.room_for(needed):
            _head(paper, columns, size=size)
        x, base = MARGIN, paper.at + step * 0.72
        for column, lines in zip(columns, cells, strict=True):
            if number < len(lines) and column.is_figure:
                paper.put_right(x + column.inner, base, lines[number], size=size, bold=bold)
            elif number < len(lines):
                paper.put(x, base, lines[number], size=size, bold=bold)
            x += column.width
        paper.at += step
    paper.at += _AIR / 2


def write_pairs(paper: Paper, pairs: Iterable[tuple[str, str]], *, width: float = WIDTH, size: float = 8.5) -> None:
    """What something is called, and what it is."""
    step = leading(size)
    label_width = 36.0
    for label, text in pairs:
        names = paper.lines(label, label_width - _GAP, size=size, bold=True)
        lines = paper.lines(text, width - label_width, size=size)
        paper.room_for(min(len(lines) * step, _KEPT))
        for number in range(max(len(names), len(lines))):
            paper.room_for(step)
            base = paper.at + step * 0.72
            if number < len(names):
                paper.put(MARGIN, base, names[number], size=size, bold=True)
            if number < len(lines):
                paper.put(MARGIN + label_width, base, lines[number], size=size)
            paper.at += step
        paper.at += 0.8
