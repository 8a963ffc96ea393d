"""All entries behind a call that may answer in pages: undocumented here, limit and offset elsewhere."""

from collections.abc import Mapping
from typing import Final

from allocations.enkash.listed import Page, read_page
from allocations.enkash.reading import Reader, unreadable
from allocations.enkash.strict_json import Json

ROWS_PER_PAGE: Final = 200
MOST_PAGES: Final = 50


def all_entries(reader: Reader, path: str, question: Mapping[str, object]) -> list[dict[str, Json]]:
    """Every entry once, page after page, until the answer's count is reached or a page brings nothing new.

    Raises what Reader.ask raises, and OutcomeUnknown for a payload of another shape or without end.
    """
    entries: list[dict[str, Json]] = []
    offset = 0
    for _ in range(MOST_PAGES):
        page = _page(reader, path, question, offset=offset)
        fresh = [entry for entry in page.entries if entry not in entries]
        entries += fresh
        offset += len(page.entries)
        if not fresh or (page.total is not None and offset >= page.total):
            return entries
    raise unreadable(f"{path} goes on after {MOST_PAGES} pages.")


def _page(reader: Reader, path: str, question: Mapping[str, object], *, offset: int) -> Page:
    params = {"limit": str(ROWS_PER_PAGE), "offset": str(offset)}
    page = read_page(reader.ask(path, question, params=params))
    if page is None:
        raise unreadable(f"The payload of {path} is neither an object nor a list of them.")
    return page
