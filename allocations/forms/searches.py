"""What is searched for, as it stands in the address. Anything unusable is ignored: a search is never an error page."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from allocations.forms.row_filters import number
from allocations.selectors.facets import Facets, Place
from allocations.selectors.outcome_rows import STATE_FILTERS

# How many financial years are offered.
YEARS = 5


@dataclass(frozen=True, slots=True)
class Search:
    """`state` is a key of STATE_FILTERS or "", `year` that in which a financial year begins.

    `maker` and `approver` are people's ids, `least` and `most` points, `first` wants a person's first points. `after`
    is a row id; without words the rows are paged by `place`.
    """

    text: str = ""
    state: str = ""
    account: int | None = None
    year: int | None = None
    after: int | None = None
    maker: int | None = None
    approver: int | None = None
    purpose: str = ""
    least: int | None = None
    most: int | None = None
    place: Place | None = None
    first: bool = False

    @property
    def has_facets(self) -> bool:
        return bool(self.filter)

    @property
    def has_more_facets(self) -> bool:
        """Those that stand behind the usual ones."""
        return bool(self.filter.keys() - {"state", "year", "account"})

    @property
    def facets(self) -> Facets:
        return Facets(
            states=STATE_FILTERS.get(self.state, frozenset()),
            account_id=self.account,
            since=april(self.year) if self.year else None,
            until=april(self.year + 1) if self.year else None,
            maker_id=self.maker,
            approver_id=self.approver,
            purpose=self.purpose,
            least=self.least,
            most=self.most,
            is_first=self.first,
        )

    @property
    def filter(self) -> dict[str, str]:
        """Everything but the words and the place, as it stands in the address."""
        named = {
            "state": self.state,
            "account": self.account,
            "year": self.year,
            "maker": self.maker,
            "approver": self.approver,
            "purpose": self.purpose,
            "from": self.least,
            "to": self.most,
            "first": int(self.first),
        }
        return {name: str(value) for name, value in named.items() if value}

    @property
    def query(self) -> str:
        """The search as an address, without the place."""
        return _address({"q": self.text, **self.filter} if self.text else self.filter)

    @property
    def filter_query(self) -> str:
        return _address(self.filter)

    @property
    def named(self) -> list[tuple[str, str]]:
        """For the hidden fields of a form about this search."""
        return [*([("q", self.text)] if self.text else []), *self.filter.items()]


def _address(named: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update(named)
    return query.urlencode()


def search_of(query: QueryDict) -> Search:
    state, year = query.get("state", ""), number(query.get("year", "")) or 0
    text = _words(query, "q")
    return Search(
        text=text,
        state=state if state in STATE_FILTERS else "",
        account=number(query.get("account", "")),
        year=year if 2000 <= year < 2100 else None,
        after=number(query.get("after", "")) if text else None,
        maker=number(query.get("maker", "")),
        approver=number(query.get("approver", "")),
        purpose=_words(query, "purpose"),
        least=_points(query, "from"),
        most=_points(query, "to"),
        first=query.get("first", "") == "1",
        place=None if text else _place(query.get("after", "")),
    )


def _words(query: QueryDict, name: str) -> str:
    return query.get(name, "").strip()[:100].replace("\x00", "")


def _points(query: QueryDict, name: str) -> int | None:
    """Commas as people group them: 1,000 and 1,00,000."""
    return number(query.get(name, "").strip().replace(",", ""))


def _place(text: str) -> Place | None:
    """214-1873: row 1,873 of batch 214."""
    batch_id, _, row = text.partition("-")
    found = number(batch_id), number(row)
    return None if None in found else Place(found[0] or 0, found[1] or 0)


def years(now: datetime) -> list[tuple[int, str]]:
    """The financial years to choose from, this one first."""
    local = timezone.localtime(now)
    newest = local.year - (local.month < 4)
    return [(year, f"FY {year}-{(year + 1) % 100:02}") for year in range(newest, newest - YEARS, -1)]


def april(year: int) -> datetime:
    return datetime(year, 4, 1, tzinfo=timezone.get_default_timezone())
