"""Finds in a sheet's XML what the reader does not tell: formulas, error cells, hidden rows and columns."""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import unescape

MOST_ODD = 500_000
_STEP = 1 << 20
_KEEP = 4096
_STARTS = (b"<c ", b"<row ", b":c ", b":row ")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MARKED = re.compile(rb'<(?:\w+:)?f[\s/>]|\bt="e"|\bhidden="(?:1|true)"')
# One of these is in whatever that finds; to look for them first takes a fifth of the time.
_HINTS = (b"<f", b":f", b't="e"', b'hidden="')
_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?P<attributes>[^>]*)>\s*"
    rb"(?:<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>(?P<formula>[^<]*)</(?:\w+:)?f>)|(?:<(?:\w+:)?v>(?P<value>[^<]*)<))"
)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*\bhidden="(?:1|true)"[^>]*>')
_ROW_NUMBER = re.compile(rb'\br="([0-9]{1,7})"')
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s[^>]*\bhidden="(?:1|true)"[^>]*>')
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_SPAN = re.compile(rb'\b(min|max)="([0-9]{1,5})"')

Odd = tuple[str, str]


@dataclass(slots=True)
class Scan:
    """Formulas and error cells by position, the numbers of hidden rows (the first is 1), and spans of hidden columns
    (the first is 0)."""

    odd: dict[tuple[int, int], Odd] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    columns: list[tuple[int, int]] = field(default_factory=list)


def scan(book: zipfile.ZipFile, name: str, *, also: Callable[[bytes], None]) -> Scan:
    """calamine gives a formula's cached value and an empty text for an error, so the sheet's XML is searched for them.

    `also` gets every piece of it.
    """
    found = Scan()
    with book.open(part_of(book, name)) as content:
        for window in windows(content):
            also(window)
            if not (any(hint in window for hint in _HINTS) and _MARKED.search(window)):
                continue
            found.rows += [int(place[1]) for tag in _HIDDEN_ROW.findall(window) if (place := _ROW_NUMBER.search(tag))]
            found.columns += map(_span, _HIDDEN_COLUMN.findall(window))
            collect(window, found.odd)
    return found


def _span(tag: bytes) -> tuple[int, int]:
    ends = dict(_SPAN.findall(tag))
    return int(ends.get(b"min", b"1")) - 1, int(ends.get(b"max", b"1")) - 1


def windows(content: IO[bytes]) -> Iterator[bytes]:
    """The part in pieces that end where a cell or row begins, so that none is cut in two."""
    rest = b""
    while piece := content.read(_STEP):
        piece = rest + piece
        cut = 0
        for start in _STARTS:
            cut = max(cut, piece.rfind(start, cut))
        cut = cut if cut > 0 else max(len(piece) - _KEEP, 0)
        yield piece[:cut]
        rest = piece[cut:]
    yield rest


def collect(window: bytes, found: dict[tuple[int, int], Odd]) -> None:
    for cell in _CELL.finditer(window):
        attributes = cell["attributes"]
        is_error = b't="e"' in attributes
        if cell["value"] is not None and not is_error:
            continue
        place = _REFERENCE.search(attributes)
        if place is None or len(found) >= MOST_ODD:
            raise SystemExit(4)
        kind, shown = ("error", cell["value"]) if cell["value"] is not None else ("formula", cell["formula"] or b"")
        label = unescape(shown.decode(errors="replace"), _QUOTES)
        found[int(place[2]) - 1, column_index(place[1])] = (kind, label if kind == "error" else f"={label}")


def column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def part_of(book: zipfile.ZipFile, name: str) -> str:
    """The zip part that holds the sheet called `name`."""
    pages = parse(book.read("xl/workbook.xml")).iter()
    wanted = next(page.attrib[_REL] for page in pages if page.tag.endswith("}sheet") and page.get("name") == name)
    links = parse(book.read("xl/_rels/workbook.xml.rels"))
    target = next(link.attrib["Target"] for link in links if link.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def parse(xml: bytes) -> ET.Element:
    """Parse a small part. Entities need a declaration, and a declaration ends the program."""
    if b"<!" in xml.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise SystemExit(5)
    return ET.fromstring(xml)  # noqa: S314 - no declarations, checked above; limits of memory and time on top


def cells_of(ranges: list[Any]) -> Iterator[tuple[int, int]]:
    for (top, left), (bottom, right) in ranges:
        if (bottom - top + 1) * (right - left + 1) > MOST_ODD:
            raise SystemExit(4)
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                yield row, column
