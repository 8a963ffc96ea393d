"""A4 pages of a printed sheet: text of all scripts in lines, a head and a foot on every page.

Latin text is set letter by letter, which is quick; only Indic words go through the shaping engine.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fpdf import FPDF
from fpdf.fonts import TTFFont

from allocations.exports.sheet_fonts import BOX, JOINERS, LATIN, SCRIPTS, cleaned, font_file, pieces

MARGIN, WIDTH, BOTTOM = 14.0, 182.0, 273.0
SIZE = 8.5
_LEADING = 1.45
_SHAPED: dict[str, Any] = {"features": {}}
# Becomes the number of pages, wherever it stands: no text that is set has a character of this block. As wide as 9,999.
_PAGES = "\ue000\ue001\ue002\ue003"
_BOX_WIDTH, _SPACE_WIDTH = 0.6, 0.26
_POINTS_PER_MM = 72 / 25.4
# The combining class of the signs that join two consonants.
_VIRAMA = 9


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on every page: `head` above (from the second page on), `foot` and the full digest below."""

    title: str
    head: str
    warning: str
    foot: str
    digest: str
    made: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one font. `width` in ems."""

    font: str
    text: str
    width: float


Line = list[Piece]


class Paper(FPDF):
    """Places in mm from the upper left corner; `at` is where the next block begins, as far as the page is filled."""

    def __init__(self, frame: Frame, *, at: datetime) -> None:
        super().__init__(format="A4")
        self._frame = frame
        self._words: dict[tuple[str, bool], tuple[Piece, ...]] = {}
        self.has_boxes = False
        self.at = MARGIN
        self.set_margin(0)
        self.c_margin = 0
        self.set_auto_page_break(auto=False)
        self.alias_nb_pages(_PAGES)
        self.set_lang("en-IN")
        self.set_title(frame.title)
        self.set_creator("Rewards portal")
        self.set_creation_date(at)
        self.add_page()

    def close(self) -> None:
        """Lets go of the font files, which are read as letters are needed."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    # Text

    def lines(self, text: str, width: float, *, size: float = SIZE, bold: bool = False) -> list[Line]:
        """The text in lines that are not wider than `width`, at least one; a word that is too long is cut."""
        most = width * _POINTS_PER_MM / size
        found: list[Line] = []
        for paragraph in text.splitlines() or [""]:
            line: Line = []
            for word in cleaned(paragraph).split(" "):
                for part in self._cut(self._set(word, bold=bold), most, bold=bold):
                    if line and _width(line) + _SPACE_WIDTH + _width(part) > most:
                        found.append(line)
                        line = []
                    line = _joined(line, part)
            found.append(line)
        return found

    def put(self, x: float, base: float, line: Sequence[Piece], *, size: float = SIZE, bold: bool = False) -> None:
        """One line, `base` being the line on which its letters stand."""
        for piece in line:
            width = piece.width * size / _POINTS_PER_MM
            if piece.font == BOX:
                self._boxes(x, base, len(piece.text), size=size)
            else:
                self.set_font(self._added(piece.font, bold=bold), "B" if bold else "", size)
                if piece.font in SCRIPTS:
                    self._shaped(x, base, piece.text, width)
                else:
                    self.text(x, base, piece.text)
            x += width

    def put_right(
        self, right: float, base: float, line: Sequence[Piece], *, size: float = SIZE, bold: bool = False
    ) -> None:
        self.put(right - _width(line) * size / _POINTS_PER_MM, base, line, size=size, bold=bold)

    def write_text(
        self, text: str, *, x: float = MARGIN, width: float = WIDTH, size: float = SIZE, bold: bool = False
    ) -> None:
        """A paragraph below what is there, over as many pages as it takes."""
        step = leading(size)
        for line in self.lines(text, width, size=size, bold=bold):
            self.room_for(step)
            self.put(x, self.at + step * 0.72, line, size=size, bold=bold)
            self.at += step

    def room_for(self, height: float) -> bool:
        """Begins a page if the rest of this one is lower; says whether it did."""
        if self.at + height <= BOTTOM:
            return False
        self.add_page()
        return True

    def rule(self, y: float, *, strong: bool = False) -> None:
        self.set_line_width(0.3 if strong else 0.1)
        self.line(MARGIN, y, MARGIN + WIDTH, y)

    # Pages

    def header(self) -> None:
        self.at = MARGIN
        if self._frame.warning:
            (line,) = self.lines(self._frame.warning, WIDTH, size=8, bold=True)[:1]
            self.put_right(MARGIN + WIDTH, 9, line, size=8, bold=True)
        if self.page_no() > 1:
            self.put(MARGIN, 9, self.lines(self._frame.head, WIDTH * 0.62, size=8)[0], size=8)
            self.rule(11)

    def footer(self) -> None:
        self.rule(279)
        self.put(MARGIN, 283.5, self.lines(self._frame.foot, WIDTH * 0.42, size=8, bold=True)[0], size=8, bold=True)
        self.put(MARGIN, 287.5, self.lines(self._frame.digest, WIDTH, size=6.5)[0], size=6.5)
        made = self.lines(self._frame.made, WIDTH * 0.4, size=6.5)[0]
        self.put_right(MARGIN + WIDTH, 287.5, made, size=6.5)
        self.set_font(self._added(LATIN, bold=False), size=8)
        self.set_text_shaping(use_shaping_engine=False)
        self.set_xy(MARGIN, 280.5)
        self.cell(WIDTH, 4, f"Page {self.page_no()} of {_PAGES}", align="C")

    # Letters

    def _set(self, word: str, *, bold: bool) -> tuple[Piece, ...]:
        key = (word, bold)
        if key not in self._words:
            self._words[key] = tuple(self._measured(font, text, bold=bold) for font, text in pieces(word))
        return self._words[key]

    def _measured(self, font: str, text: str, *, bold: bool) -> Piece:
        if font == BOX:
            self.has_boxes = True
            return Piece(font, text, _BOX_WIDTH * len(text))
        letters = self.fonts[self._added(font, bold=bold) + ("B" if bold else "")]
        _, width = letters.get_text_width(text, 1, _SHAPED if font in SCRIPTS else None)
        return Piece(font, text, width)

    def _added(self, font: str, *, bold: bool) -> str:
        style = "B" if bold else ""
        if font + style not in self.fonts:
            self.add_font(font, style, font_file(font, weight=600 if bold else 400))
        return font

    def _cut(self, word: Sequence[Piece], most: float, *, bold: bool) -> Iterator[tuple[Piece, ...]]:
        if _width(word) <= most:
            yield tuple(word)
            return
        for piece in word:
            begun = ""
            for cluster in _clusters(piece.text):
                if begun and self._measured(piece.font, begun + cluster, bold=bold).width > most:
                    yield (self._measured(piece.font, begun, bold=bold),)
                    begun = ""
                begun += cluster
            yield (self._measured(piece.font, begun, bold=bold),)

    def _shaped(self, x: float, base: float, text: str, width: float) -> None:
        self.set_text_shaping(use_shaping_engine=True)
        # A cell as high as its letters sets them at four fifths of it.
        self.set_xy(x, base - 0.8 * self.font_size)
        self.cell(width, self.font_size, text)

    def _boxes(self, x: float, base: float, count: int, *, size: float) -> None:
        em = size / _POINTS_PER_MM
        self.set_line_width(0.15)
        for number in range(count):
            self.rect(x + (number * _BOX_WIDTH + 0.06) * em, base - 0.7 * em, 0.46 * em, 0.7 * em)


def leading(size: float) -> float:
    """From line to line, in mm."""
    return size * _LEADING / _POINTS_PER_MM


def _width(line: Sequence[Piece]) -> float:
    return sum(piece.width for piece in line)


def _joined(line: Line, word: Sequence[Piece]) -> Line:
    """Pieces of one font become one, so that a line is few instructions and its spaces can be copied."""
    joined = list(line)
    if line and word:
        font = LATIN if line[-1].font == BOX else line[-1].font
        joined = _appended(joined, Piece(font, " ", _SPACE_WIDTH))
    for piece in word:
        joined = _appended(joined, piece)
    return joined


def _appended(line: Line, piece: Piece) -> Line:
    last = line[-1] if line else None
    if last and last.font == piece.font:
        return [*line[:-1], Piece(last.font, last.text + piece.text, last.width + piece.width)]
    return [*line, piece]


def _clusters(text: str) -> Iterator[str]:
    """Letters with what hangs on them: a conjunct is not cut in the middle."""
    begun = ""
    for char in text:
        hangs = unicodedata.category(char)[0] in "MC" or (begun and unicodedata.combining(begun[-1]) == _VIRAMA)
        if begun and not (hangs or begun[-1] in JOINERS):
            yield begun
            begun = ""
        begun += char
    if begun:
        yield begun
