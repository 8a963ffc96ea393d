import pytest

from allocations.models import Run
from allocations.presenters.cancellations import Cancellation, cancellation
from allocations.selectors.totals import Totals


@pytest.mark.parametrize(
    ("generation", "totals", "expected"),
    [
        (1, Totals(rows=3, pending=3), Cancellation("3 rows of this run will not be sent.", "Cancel 3 rows")),
        (1, Totals(rows=2, pending=1, unknown=1), Cancellation("1 row of this run will not be sent.", "Cancel 1 row")),
        (
            2,
            Totals(rows=3, pending=3),
            Cancellation("3 rows of this re-run will not be sent and stay failed.", "Leave 3 rows failed"),
        ),
        (
            2,
            Totals(rows=1, pending=1),
            Cancellation("1 row of this re-run will not be sent and stays failed.", "Leave 1 row failed"),
        ),
        (
            1,
            Totals(rows=2, credited=1, unknown=1),
            Cancellation("Every row of this run was sent. 1 row has no sure outcome yet.", "Never send 1 row again"),
        ),
        (
            1,
            Totals(rows=3, sending=2, unknown=1),
            Cancellation("Every row of this run was sent. 3 rows have no sure outcome yet.", "Never send 3 rows again"),
        ),
        (1, Totals(rows=2, credited=1, disputed=1), Cancellation("Nothing of this run is left to be sent.", "")),
    ],
)
def test_a_cancellation_says_what_it_would_do(generation, totals, expected):
    assert cancellation(Run(generation=generation), totals) == expected
