from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from allocations.domain.states import RowState
from allocations.forms.searches import Search, search_of, years
from allocations.selectors.facets import Facets, Place


def test_an_address_is_read_and_written_alike():
    asked = search_of(QueryDict("q= Asha+Rao &state=credited&account=3&year=2026&after=9"))
    assert asked == Search("Asha Rao", "credited", 3, 2026, 9)
    assert asked.query == "q=Asha+Rao&state=credited&account=3&year=2026"


def test_facets_alone_are_paged_by_batch_and_row_and_kept_without_the_words():
    address = "state=failed&year=2026&maker=4&approver=5&purpose=Diwali&from=1000&to=50000&first=1"
    asked = search_of(QueryDict(f"{address.replace('=1000', '=1,000')}&after=214-1873"))
    assert (asked.place, asked.after, asked.query) == (Place(214, 1873), None, address)
    assert asked.has_more_facets
    words = search_of(QueryDict(f"q=9876500011&{address}&after=214-1873"))
    assert (words.place, words.after, words.filter_query) == (None, None, address)
    assert not search_of(QueryDict("state=failed&year=2026")).has_more_facets


def test_facets_of_people_and_points_are_handed_on():
    facets = search_of(QueryDict("maker=4&approver=5&purpose=+Diwali+&from=10&to=20&first=1")).facets
    assert facets == Facets(maker_id=4, approver_id=5, purpose="Diwali", least=10, most=20, is_first=True)


def test_facets_reach_from_april_to_march_in_india():
    facets = search_of(QueryDict("q=x&state=credited&account=3&year=2026")).facets
    start, end = datetime(2026, 3, 31, 18, 30, tzinfo=UTC), datetime(2027, 3, 31, 18, 30, tzinfo=UTC)
    assert facets == Facets(frozenset({RowState.CREDITED}), 3, start, end)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=nonsense&account=x&year=20266&after=-1",
        "year=1999",
        "q=%00",
        "from=-5&to=x&maker=a&first=0",
        "after=214-x",
        "after=-",
    ],
)
def test_what_cannot_be_used_is_ignored(query):
    asked = search_of(QueryDict(query))
    assert (asked, asked.has_facets, asked.facets) == (Search(), False, Facets())


@pytest.mark.parametrize(("month", "newest"), [(3, (2025, "FY 2025-26")), (4, (2026, "FY 2026-27"))])
def test_years_to_choose_from_begin_with_this_one(month, newest):
    offered = years(datetime(2026, month, 15, tzinfo=UTC))
    assert (offered[0], len(offered)) == (newest, 5)
