"""Remembers that the demo is prepared, so that a second start need not ask Django, which takes seconds."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

# What the preparation reads: tables from migrations, static files, demo people, installed packages.
_SOURCES = ("allocations/migrations", "static", "rewards_portal", "requirements/run.txt", "package-lock.json")


class Stamp:
    """The preparation's output, kept beside the demo's data for as long as nothing it depends on changes."""

    def __init__(self, base: Path, *, var: Path, environment: Mapping[str, str]) -> None:
        self._file = var / "prepared.json"
        self._database = var / "portal.sqlite3"
        self._digest = _digest(base, environment)

    def read(self) -> str | None:
        """What the preparation said, or None when it has to run again. Only the demo's own database is trusted."""
        if not (self._file.is_file() and self._database.is_file()):
            return None
        kept = json.loads(self._file.read_text())
        return str(kept["said"]) if kept["digest"] == self._digest else None

    def write(self, said: str) -> None:
        self._file.write_text(json.dumps({"digest": self._digest, "said": said}))


def _digest(base: Path, environment: Mapping[str, str]) -> str:
    seen = hashlib.sha256(json.dumps([environment["DATABASE_URL"], environment["STATIC_ROOT"]]).encode())
    for path in _files(base):
        stat = path.stat()
        seen.update(f"{path.relative_to(base)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _files(base: Path) -> Iterator[Path]:
    for name in _SOURCES:
        root = base / name
        found = [root] if root.is_file() else sorted(root.rglob("*"))
        yield from (path for path in found if path.is_file() and path.suffix != ".pyc")
