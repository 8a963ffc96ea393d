"""A settled batch from stored rows to a file: the portal beside stock django-import-export and the bare database."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.lines import Line

_START = "import sys, django; django.setup(); from bench.export_ways import main; main(*sys.argv[1:])"


def measure(folder: Path, *, db: str, rows: int, rounds: int) -> Iterator[Line]:
    """All ways in turn, `rounds` times over, each in a process of its own, on the same stored rows."""
    _way("store", "csv", folder / "unused", rows=rows)
    raw = "raw_copy" if db == "postgresql" else "raw_rows"
    ways = [("portal", "csv"), ("import_export_default", "csv"), (raw, "csv")]
    ways += [("portal", "xlsx"), ("import_export_default", "xlsx")]
    for turn in range(rounds):
        for who, form in ways:
            found = _way(who, form, folder / f"export.{form}", rows=rows)
            yield Line(bench="export", who=who, db=db, format=form, rows=rows, child_mb=0, round=turn, **found)


def _way(who: str, form: str, path: Path, *, rows: int) -> dict[str, float]:
    command = [sys.executable, "-c", _START, who, form, path, str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])
