from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from allocations.domain.states import RowState
from allocations.forms.searches import Search, search_of, years
from allocations.selectors.searching import Facets


def test_an_address_is_read_and_written_alike():
    asked = search_of(QueryDict("q= Asha+Rao &state=credited&account=3&year=2026&after=9"))
    assert asked == Search("Asha Rao", "credited", 3, 2026, 9)
    assert asked.query == "q=Asha+Rao&state=credited&account=3&year=2026"


def test_facets_reach_from_april_to_march_in_india():
    facets = search_of(QueryDict("q=x&state=credited&account=3&year=2026")).facets
    start, end = datetime(2026, 3, 31, 18, 30, tzinfo=UTC), datetime(2027, 3, 31, 18, 30, tzinfo=UTC)
    assert facets == Facets(frozenset({RowState.CREDITED}), 3, start, end)


@pytest.mark.parametrize("query", ["", "state=nonsense&account=x&year=20266&after=-1", "year=1999", "q=%00"])
def test_what_cannot_be_used_is_ignored(query):
    asked = search_of(QueryDict(query))
    assert (asked, asked.has_facets, asked.facets) == (Search(), False, Facets())


@pytest.mark.parametrize(("month", "newest"), [(3, (2025, "FY 2025-26")), (4, (2026, "FY 2026-27"))])
def test_years_to_choose_from_begin_with_this_one(month, newest):
    offered = years(datetime(2026, month, 15, tzinfo=UTC))
    assert (offered[0], len(offered)) == (newest, 5)
