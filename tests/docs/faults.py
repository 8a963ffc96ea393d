"""Which tests prove which fault: python -m tests.docs.faults writes it into the table of docs/protocol.md.

A test file proves a fault when the name or docstring of one of its tests, or its own docstring, says the number:
test_f9_a_job_dies_with_its_worker, "F22: the database is away", "faults F42 to F45".
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PROTOCOL = TESTS.parent / "docs" / "protocol.md"
FAULTS = range(1, 66)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[Ff](\d{1,2})(?: to F(\d{1,2}))?(?![A-Za-z0-9])")
_ROW = re.compile(r"^\| F(\d+) \| (.+) \| (.*) \|$", re.MULTILINE)


@cache
def named() -> dict[int, list[str]]:
    """The test files that name each fault, as paths below tests/ without their ending."""
    found: dict[int, set[str]] = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        for number in _numbers(ast.parse(path.read_text(encoding="utf-8"))):
            found[number].add(str(path.relative_to(TESTS).with_suffix("")))
    return {number: sorted(files) for number, files in found.items()}


def _numbers(module: ast.Module) -> Iterator[int]:
    yield from _numbers_of(ast.get_docstring(module) or "")
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield from _numbers_of(f"{node.name.replace('_', ' ')} {ast.get_docstring(node) or ''}")


def _numbers_of(text: str) -> Iterator[int]:
    for first, last in _NUMBER.findall(text):
        yield from range(int(first), int(last or first) + 1)


@cache
def table() -> dict[int, str]:
    """What the document says: fault to the cell with its tests."""
    return {int(number): tests for number, _, tests in _ROW.findall(PROTOCOL.read_text(encoding="utf-8"))}


def cell(files: list[str]) -> str:
    return ", ".join(f"`{file}`" for file in files)


def write() -> None:
    """Fill the last column from the tests."""
    known = named()
    text = PROTOCOL.read_text(encoding="utf-8")
    filled = _ROW.sub(lambda row: f"| F{row[1]} | {row[2]} | {cell(known.get(int(row[1]), []))} |", text)
    PROTOCOL.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    write()
