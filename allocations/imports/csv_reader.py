"""Delimited text: CSV files of any usual delimiter, and rows pasted from a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from allocations.domain.files import FileRefused
from allocations.imports.decoding import examine
from allocations.imports.mapping import count_known
from allocations.imports.sheets import BLOCK, HEAD, Sheet

DELIMITERS = ",;\t|"
_SAMPLE = 64 * 1024
_SEP = "sep="


def open_csv(path: Path, *, header_row: int = 1) -> Sheet:
    """Open delimited text. Raises FileRefused here or while its blocks are read."""
    encoding = examine(path)
    with _text(path, encoding.name) as text:
        sample = text.read(_SAMPLE)
    delimiter, skipped = _delimiter(sample)
    blocks = _blocks(path, encoding.name, delimiter, skipped)
    first = next(blocks, [])
    return Sheet(
        head=list(first[header_row - 1 : header_row - 1 + HEAD]),
        blocks=chain([first[header_row:]], blocks),
        rows_total=max(encoding.lines - skipped - header_row, len(first) - header_row, 0),
        questions=[encoding.question] if encoding.question else [],
        header_row=header_row,
        encoding=encoding.name,
        delimiter=delimiter,
    )


def _text(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, newline="")


def _delimiter(sample: str) -> tuple[str, int]:
    """The delimiter and the number of lines before the header: Excel's `sep=;` line is honoured."""
    first = sample.splitlines()[0] if sample.strip() else ""
    if first.lower().startswith(_SEP) and len(first) == len(_SEP) + 1:
        return first[-1], 1
    return max(DELIMITERS, key=lambda mark: _score(sample, mark)), 0


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        header = next(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return 0, 0
    return count_known(header), len(header)


def _blocks(path: Path, encoding: str, delimiter: str, skipped: int) -> Iterator[list[list[str]]]:
    with _text(path, encoding) as text:
        for _ in range(skipped):
            text.readline()
        # Without strict an unclosed quote swallows the rows after it silently.
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            while block := list(islice(reader, BLOCK)):
                yield block
        except csv.Error as reason:
            end = reader.line_num + skipped
            raise _refusal(path, encoding, delimiter, skipped, end=end, reason=str(reason)) from None


def _refusal(path: Path, encoding: str, delimiter: str, skipped: int, *, end: int, reason: str) -> FileRefused:
    if "expected after" in reason:
        return FileRefused(f"Line {end}: text after a closing quote.")
    start = _last_good_line(path, encoding, delimiter, skipped) + 1
    if "field larger" in reason and start == end:
        return FileRefused(f"Line {start} has a cell longer than {csv.field_size_limit()} characters.")
    return FileRefused(f"A quote opened on line {start} is never closed. Nothing after it can be trusted.")


def _last_good_line(path: Path, encoding: str, delimiter: str, skipped: int) -> int:
    """Read again, record by record, to where the trouble begins; blocks only know where it ended."""
    good = skipped
    with _text(path, encoding) as text:
        for _ in range(skipped):
            text.readline()
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            for _ in reader:
                good = reader.line_num + skipped
        except csv.Error:
            return good
    return good
