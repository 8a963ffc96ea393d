"""The period of a report, as it stands in the address. Anything unusable is ignored."""

from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from allocations.forms.row_filters import number
from allocations.forms.searches import april, years
from allocations.selectors.reports import Period


@dataclass(frozen=True, slots=True)
class Asked:
    """`year`: in which the financial year begins."""

    year: int
    account: int | None

    @property
    def period(self) -> Period:
        return Period(since=april(self.year), until=april(self.year + 1), account_id=self.account)


def asked_period(query: QueryDict, *, now: datetime) -> Asked:
    offered = [year for year, _ in years(now)]
    year = number(query.get("year", ""))
    return Asked(year=year if year in offered else offered[0], account=number(query.get("account", "")))
