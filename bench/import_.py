"""A list from file to stored rows: the portal beside stock django-import-export and beside the bare database."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.lines import Line

# Stock import-export with look-ups does not get faster with more rows, so its first 10,000 stand for all.
_SLOW_ROWS = 10_000


def measure(folder: Path, *, db: str, rows: int, rounds: int) -> Iterator[Line]:
    """All ways in turn, `rounds` times over, each in a process of its own."""
    raw = "raw_copy" if db == "postgresql" else "raw_executemany"
    files = _files(folder, rows)
    small = _files(folder, min(rows, _SLOW_ROWS))
    for turn in range(rounds):
        for form, path in files.items():
            yield _one("portal", path, db=db, form=form, rows=rows, turn=turn)
            yield _one("import_export_bulk", path, db=db, form=form, rows=rows, turn=turn)
            slow = min(rows, _SLOW_ROWS)
            yield _one("import_export_default", small[form], db=db, form=form, rows=slow, turn=turn)
            yield _one("reading", path, db=db, form=form, rows=rows, turn=turn)
        yield _one(raw, files["csv"], db=db, form="csv", rows=rows, turn=turn)
        yield _one("cleaning", files["csv"], db=db, form="csv", rows=rows, turn=turn)


def _files(folder: Path, rows: int) -> dict[str, Path]:
    stem = folder / f"sample-{rows}-seed1"
    paths = {form: stem.with_suffix(f".{form}") for form in ("csv", "xlsx")}
    if not paths["csv"].exists():
        command = [sys.executable, "manage.py", "make_sample", "--rows", str(rows), "--seed", "1", "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return paths


def _one(who: str, path: Path, *, db: str, form: str, rows: int, turn: int) -> Line:
    command = [sys.executable, "-m", "bench.way", "bench.import_ways", who, path, form]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    if found.pop("stored") != rows:
        raise RuntimeError(f"{who} did not store {rows} rows")
    return Line(bench="import", who=who, db=db, format=form, rows=rows, round=turn, **found)
