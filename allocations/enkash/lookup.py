"""Looking transactions up by our references: the only way to learn what became of an unknown outcome."""

from collections.abc import Iterable, Mapping
from typing import Final

from allocations.enkash.fields import REFERENCE_KEYS, text
from allocations.enkash.listed import Page, read_page
from allocations.enkash.reading import Reader, unreadable
from allocations.enkash.strict_json import Json

PATH: Final = "/transaction/all"
REFERENCES_PER_CALL: Final = 100
ROWS_PER_PAGE: Final = 200
MOST_PAGES: Final = 50


def look_up(
    reader: Reader, references: Iterable[str], *, company_id: str, card_account_id: str
) -> tuple[dict[str, Json], ...]:
    """Every entry EnKash shows for `references`. An absent one proves nothing: it may not be visible yet."""
    wanted = tuple(dict.fromkeys(references))
    account = {"companyId": company_id, "cardAccountId": card_account_id}
    found: list[dict[str, Json]] = []
    for start in range(0, len(wanted), REFERENCES_PER_CALL):
        asked = wanted[start : start + REFERENCES_PER_CALL]
        entries = _all_pages(reader, {**account, "pgReferenceNumbers": list(asked)})
        # A server that ignores the filter shows other people's entries as well.
        found += (entry for entry in entries if text(entry, *REFERENCE_KEYS) in asked)
    return tuple(found)


def _all_pages(reader: Reader, question: Mapping[str, object]) -> list[dict[str, Json]]:
    """All entries, each once. Paging is not documented: a page that brings nothing new is the last."""
    entries: list[dict[str, Json]] = []
    offset = 0
    for _ in range(MOST_PAGES):
        page = _page(reader, question, offset=offset)
        fresh = [entry for entry in page.entries if entry not in entries]
        entries += fresh
        offset += len(page.entries)
        if not fresh or (page.total is not None and offset >= page.total):
            return entries
    raise unreadable(f"The look-up goes on after {MOST_PAGES} pages.")


def _page(reader: Reader, question: Mapping[str, object], *, offset: int) -> Page:
    params = {"limit": str(ROWS_PER_PAGE), "offset": str(offset)}
    page = read_page(reader.ask(PATH, question, params=params))
    if page is None:
        raise unreadable("The look-up's payload is neither an object nor a list of them.")
    return page
