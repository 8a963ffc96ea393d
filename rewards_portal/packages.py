"""Static files of npm packages: only the files named here are collected, never the rest of node_modules."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# Address below STATIC_URL -> file in node_modules.
FILES = {
    "packages/tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "packages/inter.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
}


class PackageFinder(BaseFinder):
    """Finds the files of FILES below node_modules."""

    def check(self, **_kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: ANN401, FBT001, FBT002 - Django's
        """Return where the named file is; nothing for any other path or a package that is not installed."""
        source = FILES.get(path)
        found = _folder() / source if source else None
        matches = [str(found)] if found and found.is_file() else []
        if find_all:
            return matches
        return matches[0] if matches else None

    def list(self, _ignore_patterns: object) -> Iterator[tuple[str, Storage]]:
        """Yield each named file with a storage that reads it under its address."""
        storage = _Renamed(location=_folder())
        for path in FILES:
            yield path, storage


class _Renamed(FileSystemStorage):
    def path(self, name: str) -> str:
        return super().path(FILES.get(name, name))


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "node_modules"
