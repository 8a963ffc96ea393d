"""Sample lists: realistic, invented, and the same for the same seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from allocations.imports.sampling_flaws import spoil
from allocations.imports.sampling_people import invent, unique_mobiles

_AMOUNTS = (100, 200, 250, 300, 500, 500, 500, 750, 1000, 1000, 1500, 2000, 2500, 4000)
_REMARKS = ("", "", "Diwali 2026", "Spot award", "Five years of service", "Quarter target met", "Referral bonus")


@dataclass(frozen=True, slots=True)
class SampleRow:
    """Cells in the order of the template. `numeric` names those a person would have typed as numbers."""

    cells: tuple[str, ...]
    numeric: frozenset[str] = frozenset()


def sample_rows(rows: int, *, seed: int, flaws: bool = False) -> Iterator[SampleRow]:
    """Yield `rows` rows of different people; with `flaws` some of them carry the usual mistakes."""
    random = Random(seed)  # noqa: S311 - the same list for the same seed
    earlier: list[tuple[str, ...]] = []
    for number, mobile in enumerate(unique_mobiles(random, rows), start=1):
        person = invent(random, number=number, mobile=mobile)
        written = _notation(random, person.mobile)
        cells: tuple[str, ...] = (
            person.title,
            person.name,
            person.email,
            written,
            str(random.choice(_AMOUNTS)),
            random.choice(_REMARKS),
            f"SAMPLE-{seed}-{number:07}",
        )
        if flaws:
            cells = spoil(random, cells, earlier)
        numeric = {field for field, index in (("mobile", 3), ("amount", 4)) if _plain(cells[index])}
        if random.random() < 0.4:
            numeric.discard("mobile")
        yield SampleRow(cells, frozenset(numeric))


def _notation(random: Random, mobile: str) -> str:
    """As people write it: mostly plain, some with a prefix, spaces or dashes."""
    style = random.random()
    if style < 0.8:
        return mobile
    if style < 0.9:
        return f"+91 {mobile[:5]} {mobile[5:]}"
    if style < 0.94:
        return f"0{mobile}"
    if style < 0.97:
        return f"91{mobile}"
    return f"{mobile[:5]}-{mobile[5:]}"


def _plain(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 11 and not text.startswith("0")
