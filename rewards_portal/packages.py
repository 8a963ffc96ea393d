"""Static files of npm packages: only the files named here are collected, never the rest of node_modules."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

_INTER = "@fontsource-variable/inter/files/inter"
_DEVANAGARI = "@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-devanagari"
_TAMIL = "@fontsource/noto-sans-tamil/files/noto-sans-tamil-tamil"

# Address below STATIC_URL -> file in node_modules. The style sheet names its map by that name, without a folder.
FILES = {
    "packages/tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "packages/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "packages/inter.woff2": f"{_INTER}-latin-wght-normal.woff2",
    "packages/inter-latin-ext.woff2": f"{_INTER}-latin-ext-wght-normal.woff2",
    "packages/noto-devanagari-400.woff2": f"{_DEVANAGARI}-400-normal.woff2",
    "packages/noto-devanagari-600.woff2": f"{_DEVANAGARI}-600-normal.woff2",
    "packages/noto-tamil-400.woff2": f"{_TAMIL}-400-normal.woff2",
    "packages/noto-tamil-600.woff2": f"{_TAMIL}-600-normal.woff2",
}


class PackageFinder(BaseFinder):
    """Finds the files of FILES below node_modules."""

    def check(self, **_kwargs: Any) -> list[Any]:
        """Report nothing: a missing package shows when collectstatic runs."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: ANN401, FBT001, FBT002 - Django's
        """Return where the named file is; nothing for any other path or a package that is not installed."""
        source = FILES.get(path)
        matches = [str(_folder() / source)] if source and (_folder() / source).is_file() else []
        if find_all:
            return matches
        return matches[0] if matches else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield each named file with a storage that reads it under its address."""
        storage = _Renamed(location=_folder())
        for path in FILES:
            if not matches_patterns(path, ignore_patterns or []):
                yield path, storage


class _Renamed(FileSystemStorage):
    def path(self, name: str) -> str:
        return super().path(FILES[name])


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "node_modules"
