"""Whom the page of the gift limit shows, as it stands in the address. Anything unusable is ignored."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.http import QueryDict

from allocations.domain.gifts import Standing
from allocations.forms.row_filters import number
from allocations.forms.searches import years
from allocations.selectors.person_years import After

_AFTER = re.compile(r"(-?[0-9]{1,16}(?:\.[0-9]{1,2})?)_([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Asked:
    """`year`: in whose April it begins. `only_above`: without those who are near."""

    year: int
    only_above: bool
    after: After | None

    @property
    def query(self) -> str:
        """Without the place, for the links to the next page."""
        query = QueryDict(mutable=True)
        query["year"] = str(self.year)
        if self.only_above:
            query["show"] = Standing.ABOVE.value
        return query.urlencode()


def asked_people(query: QueryDict, *, now: datetime) -> Asked:
    offered = [year for year, _ in years(now)]
    year = number(query.get("year", ""))
    place = _AFTER.fullmatch(query.get("after", ""))
    return Asked(
        year=year if year in offered else offered[0],
        only_above=query.get("show") == Standing.ABOVE,
        after=After(Decimal(place[1]), int(place[2])) if place else None,
    )
