"""What the address of a row list asks for. Anything unusable is ignored: a filter is never an error page."""

from dataclasses import dataclass

from django.http import QueryDict

from allocations.selectors.outcome_rows import STATE_FILTERS, Wanted


@dataclass(frozen=True, slots=True)
class RowFilter:
    """`state` is a key of STATE_FILTERS or "", `said` EnKash's text; `after` and `before` are row numbers."""

    state: str = ""
    text: str = ""
    cause: str = ""
    said: str = ""
    after: int | None = None
    before: int | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.state or self.text or self.cause or self.said)

    @property
    def wanted(self) -> Wanted:
        states = STATE_FILTERS.get(self.state, frozenset())
        return Wanted(states=states, text=self.text, reason_code=self.cause, reason=self.said)

    @property
    def query(self) -> str:
        """The filter as an address, without the place: for the links to the next page."""
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in self._named().items() if value})
        return query.urlencode()

    def _named(self) -> dict[str, str]:
        return {"state": self.state, "q": self.text, "cause": self.cause, "said": self.said}


def row_filter(query: QueryDict) -> RowFilter:
    state = query.get("state", "")
    return RowFilter(
        state=state if state in STATE_FILTERS else "",
        text=query.get("q", "").strip()[:100].replace("\x00", ""),
        cause=query.get("cause", "")[:40].replace("\x00", ""),
        said=query.get("said", "")[:1000].replace("\x00", ""),
        after=number(query.get("after", "")),
        before=number(query.get("before", "")),
    )


def number(text: str) -> int | None:
    """A row or event number of an address; None for anything else. Nine digits hold every row there can be."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
