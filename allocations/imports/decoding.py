"""From bytes to text without guessing silently: byte order mark, strict UTF-8, then Windows-1252 with a question."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from allocations.domain.files import FileRefused
from allocations.domain.readings import Question

_STEP = 1 << 20
_MARKS = (  # UTF-32 begins with UTF-16's mark, so it is looked for first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8_LETTER = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_NOT_UTF8 = "The file is not UTF-8 text. Save it as 'CSV UTF-8' and upload again."
_EMPTY = "The file is empty. Choose a file with a header and at least one row."
WINDOWS = "windows-1252"
_CHECK_NAMES = "This file is not UTF-8. We read it as Windows-1252; check the names below."
_SHOWN = 8
_LONGEST_SHOWN = 60
_CELL = re.compile(r"[^,;|\t\r\n\"]+")


@dataclass(frozen=True, slots=True)
class Encoding:
    """`name` as Python knows it, the number of line ends, and what a person has to confirm."""

    name: str
    lines: int
    question: Question | None = None


def examine(path: Path) -> Encoding:
    """Read the whole file once and return how to decode it. Raises FileRefused when no encoding fits."""
    with path.open("rb") as file:
        start = file.read(4096)
    if not start:
        raise FileRefused(_EMPTY)
    name = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
    if name in {"utf-8", "utf-8-sig"} and start.count(0) > len(start) / 8:
        raise FileRefused(_NOT_UTF8)
    try:
        return Encoding(name, _count_lines(path, name))
    except UnicodeDecodeError:
        return _as_windows(path, name)


def _as_windows(path: Path, name: str) -> Encoding:
    damaged = FileRefused(f"Line {_line_of_damage(path, name)} has bytes that are not valid text.")
    if name != "utf-8" or _has_utf8_letters(path):
        raise damaged
    try:
        lines = _count_lines(path, WINDOWS)
    except UnicodeDecodeError:
        raise damaged from None
    return Encoding(WINDOWS, lines, Question("windows_1252", _CHECK_NAMES, _cells_in_question(path)))


def _cells_in_question(path: Path) -> tuple[str, ...]:
    """The first different cells that another encoding would give other letters."""
    found: dict[str, None] = {}
    for text in _texts(path, WINDOWS):
        for cell in _CELL.finditer(text):
            if not cell[0].isascii():
                found[cell[0].strip()[:_LONGEST_SHOWN]] = None
            if len(found) == _SHOWN:
                return tuple(found)
    return tuple(found)


def _count_lines(path: Path, name: str) -> int:
    lines, blank = 0, True
    for text in _texts(path, name):
        if "\0" in text:
            line = lines + text[: text.index("\0")].count("\n") + 1
            raise FileRefused(f"Line {line} contains a NUL character. Save the list again as 'CSV UTF-8'.")
        lines += text.count("\n") or text.count("\r")
        blank = blank and not text.strip("\ufeff \t\r\n,;|")
    if blank:
        raise FileRefused(_EMPTY)
    return lines


def _texts(path: Path, name: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(name)("strict")
    with path.open("rb") as file:
        while block := file.read(_STEP):
            yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _line_of_damage(path: Path, name: str) -> int:
    decoder = codecs.getincrementaldecoder(name)("strict")
    number = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return number
    return number


def _has_utf8_letters(path: Path) -> bool:
    """Letters of UTF-8 beside bytes that are not: two encodings in one file, which no single reading repairs."""
    with path.open("rb") as file:
        return any(_UTF8_LETTER.search(line) for line in file)
