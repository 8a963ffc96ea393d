"""`make screenshots`: a picture of every page in its main states, into docs/screenshots."""

import os
import sys
import tempfile
from pathlib import Path

import django
from playwright.sync_api import Page, sync_playwright

from tests.e2e.palette import reduce_colours
from tests.e2e.stack import running_stack
from tests.e2e.tour import Rank, Tour
from tests.services_up.browser import install_chromium, launch_options
from tests.services_up.workers import BASE_DIR

TARGET = BASE_DIR / "docs" / "screenshots"
WIDE, NARROW = 1280, 390
_LEAST = 800
# Heights at which a picture is cut: a long table goes on in the same way, and every clone carries these files.
_MOST = {Rank.MAIN: 2400, Rank.PLAIN: 1600}
_PAINTED = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Camera:
    """Writes <name>-<width>[-dark].png, a long page without its end."""

    def __init__(self, folder: Path, *, studio: Page) -> None:
        self.folder, self.studio = folder, studio

    def __call__(self, page: Page, name: str, rank: Rank = Rank.PLAIN) -> None:
        if rank is Rank.EXTRA:
            return
        most = _MOST[rank]
        self._shoot(page, f"{name}-{WIDE}", width=WIDE, most=most)
        if rank is Rank.MAIN:
            page.emulate_media(color_scheme="dark")
            self._shoot(page, f"{name}-{WIDE}-dark", width=WIDE, most=most)
            page.emulate_media(color_scheme="light")
            self._shoot(page, f"{name}-{NARROW}", width=NARROW, most=most)
            page.set_viewport_size({"width": WIDE, "height": _LEAST})

    def _shoot(self, page: Page, name: str, *, width: int, most: int) -> None:
        # The window itself grows: in a picture of the full page, sticky parts would stand in the middle.
        page.set_viewport_size({"width": width, "height": _LEAST})
        page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(_LEAST, min(height, most))})
        page.evaluate(_PAINTED)
        picture = page.screenshot(caret="hide", animations="disabled")
        (self.folder / f"{name}.png").write_bytes(reduce_colours(picture, studio=self.studio))
        sys.stdout.write(f"{name}.png\n")
        sys.stdout.flush()


def main() -> None:
    """Start the whole product in a temporary folder and walk through it with the camera."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    install_chromium()
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as name, sync_playwright() as playwright:
        folder = Path(name)
        with running_stack(folder / "var", SEARCH_EXPORT_ROWS="100") as stack:
            browser = playwright.chromium.launch(**launch_options())
            camera = Camera(TARGET, studio=browser.new_page())
            Tour(stack, browser, camera, folder=folder, rows=5000).walk()
            browser.close()


if __name__ == "__main__":
    main()
