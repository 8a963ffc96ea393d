"""Static files of packages: only the files named here are collected, never all that a package ships."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django_htmx
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage, Storage

_INTER = "@fontsource-variable/inter/files/inter"
_SCRIPTS = ("devanagari", "tamil", "bengali", "gujarati", "gurmukhi", "kannada", "malayalam", "telugu")
_NOTO = "@fontsource/noto-sans-{0}/files/noto-sans-{0}-{0}-{1}-normal.woff2"
# Latin letters of the same family, for printed sheets: a PDF takes no variable font such as Inter in a chosen weight.
_NOTO_LATIN = "@fontsource/noto-sans-devanagari/files/noto-sans-devanagari-{0}-{1}-normal.woff2"
_WEIGHTS = (400, 600)

# The address that django-htmx's own template tag writes.
_HTMX = "django_htmx/htmx-2.min.js"

# Page of the navigation -> its icon. Few of many: a sprite or a font of all would be a hundred times as large.
_ICONS = {
    "home": "home",
    "batches": "rectangle-stack",
    "approvals": "check-badge",
    "runs": "play-circle",
    "exceptions": "exclamation-triangle",
    "reversals": "arrow-uturn-left",
    "reports": "chart-bar",
    "accounts": "wallet",
    "policies": "scale",
    "notices": "bell",
    "people": "users",
    "audit": "shield-check",
    "exports": "arrow-down-tray",
    "api-tokens": "code-bracket",
}

# Address below STATIC_URL -> file in node_modules. The style sheet names its map by that name, without a folder.
FILES = {
    "packages/tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "packages/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "packages/inter.woff2": f"{_INTER}-latin-wght-normal.woff2",
    "packages/inter-latin-ext.woff2": f"{_INTER}-latin-ext-wght-normal.woff2",
    **{f"packages/noto-{name}-{weight}.woff2": _NOTO.format(name, weight) for name in _SCRIPTS for weight in _WEIGHTS},
    **{
        f"packages/noto-{name}-{weight}.woff2": _NOTO_LATIN.format(name, weight)
        for name in ("latin", "latin-ext")
        for weight in _WEIGHTS
    },
    "packages/icon-edit.svg": "heroicons/24/outline/pencil-square.svg",
    **{f"packages/icon-{page}.svg": f"heroicons/24/outline/{icon}.svg" for page, icon in _ICONS.items()},
}


class PackageFinder(BaseFinder):
    """Finds the files of FILES below node_modules, and the one script of django-htmx that pages load."""

    def check(self, **_kwargs: Any) -> list[Any]:
        """Report nothing: a missing package shows when collectstatic runs."""
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: ANN401, FBT001, FBT002 - Django's
        """Return where the named file is; [] for any other path or a package that is not installed, as Django asks."""
        source = sources().get(path)
        matches = [str(source)] if source and source.is_file() else []
        return matches[0] if matches and not find_all else matches

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield each named file with a storage that reads it under its address."""
        storage = _Renamed()
        for path in sources():
            if not matches_patterns(path, ignore_patterns or []):
                yield path, storage


def sources() -> dict[str, Path]:
    """Return address below STATIC_URL -> file."""
    npm = {address: Path(settings.BASE_DIR) / "node_modules" / file for address, file in FILES.items()}
    scripts = Path(django_htmx.__file__).parent / "static"
    return {**npm, _HTMX: scripts / _HTMX}


class _Renamed(FileSystemStorage):
    def path(self, name: str) -> str:
        return str(sources()[name])
