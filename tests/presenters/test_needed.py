import pytest

from allocations.domain.approval_policies import Terms, needed
from allocations.presenters.needed import who_approves

LAKHS = Terms(two_from_points=500_000, two_from_rows=1_000)


@pytest.mark.parametrize("terms", [Terms(), LAKHS, Terms(two_from_points=1), Terms(two_from_rows=1)])
@pytest.mark.parametrize(
    ("points", "rows"), [(0, 0), (1, 1), (499_999, 999), (500_000, 999), (1, 1_204), (10**9, 10**6)]
)
def test_a_page_says_what_the_domain_says(terms, points, rows):
    assert who_approves(terms, points=points, rows=rows) == needed(terms, points=points, rows=rows).why
