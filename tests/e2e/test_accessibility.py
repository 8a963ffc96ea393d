"""Every page in its main states: axe finds nothing, no page scrolls sideways, no browser reports a policy broken."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.stack import Stack
from tests.e2e.tour import Rank, Tour

_SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Inspector:
    """Looks at pages with axe, in both colour schemes and on a phone where they are main pages; collects complaints."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.complaints: list[str] = []

    def __call__(self, page: Page, name: str, rank: Rank = Rank.PLAIN) -> None:
        self.seen.add(name)
        # Else axe measures the contrast of a button half-way between two colour schemes.
        page.emulate_media(reduced_motion="reduce")
        self._inspect(page, name)
        if rank is Rank.MAIN:
            page.emulate_media(color_scheme="dark")
            self._inspect(page, f"{name}, dark")
            page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})
        if sideways := page.evaluate(_SIDEWAYS):
            self.complaints.append(f"{name}, phone: {sideways} pixels sideways")
        if rank is Rank.MAIN:
            self._inspect(page, f"{name}, phone")
        page.set_viewport_size({"width": 1280, "height": 800})

    def _inspect(self, page: Page, what: str) -> None:
        for violation in Axe().run(page).response["violations"]:
            places = "; ".join(" ".join(node["target"]) for node in violation["nodes"][:3])
            self.complaints.append(f"{what}: {violation['id']} at {places}")


def test_every_page_is_accessible_in_light_dark_and_on_a_phone(stack: Stack, browser: Browser, tmp_path: Path) -> None:
    inspector = Inspector()
    tour = Tour(stack, browser, inspector, folder=tmp_path, rows=1000)
    tour.control("topup", points=10_000_000)
    tour.walk()
    assert (inspector.complaints, list(tour.security_complaints())) == ([], [])
    assert len(inspector.seen) > 45
