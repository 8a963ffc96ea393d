"""What is searched for, as it stands in the address. Anything unusable is ignored: a search is never an error page."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from allocations.forms.row_filters import number
from allocations.selectors.outcome_rows import STATE_FILTERS
from allocations.selectors.searching import Facets

# How many financial years are offered.
YEARS = 5


@dataclass(frozen=True, slots=True)
class Search:
    """`state` is a key of STATE_FILTERS or "", `year` that in which a financial year begins; `after` is a row id."""

    text: str = ""
    state: str = ""
    account: int | None = None
    year: int | None = None
    after: int | None = None

    @property
    def has_facets(self) -> bool:
        return bool(self.state or self.account or self.year)

    @property
    def facets(self) -> Facets:
        return Facets(
            states=STATE_FILTERS.get(self.state, frozenset()),
            account_id=self.account,
            since=april(self.year) if self.year else None,
            until=april(self.year + 1) if self.year else None,
        )

    @property
    def query(self) -> str:
        """The search as an address, without the place."""
        named = {"q": self.text, "state": self.state, "account": self.account, "year": self.year}
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in named.items() if value})
        return query.urlencode()


def search_of(query: QueryDict) -> Search:
    state, year = query.get("state", ""), number(query.get("year", "")) or 0
    return Search(
        text=query.get("q", "").strip()[:100].replace("\x00", ""),
        state=state if state in STATE_FILTERS else "",
        account=number(query.get("account", "")),
        year=year if 2000 <= year < 2100 else None,
        after=number(query.get("after", "")),
    )


def years(now: datetime) -> list[tuple[int, str]]:
    """The financial years to choose from, this one first."""
    local = timezone.localtime(now)
    newest = local.year - (local.month < 4)
    return [(year, f"FY {year}-{(year + 1) % 100:02}") for year in range(newest, newest - YEARS, -1)]


def april(year: int) -> datetime:
    return datetime(year, 4, 1, tzinfo=timezone.get_default_timezone())
