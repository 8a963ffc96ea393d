"""Gross, taken back and net in exports equal the page's."""

from decimal import Decimal

import pytest

from allocations.domain.errors import StateConflict
from allocations.exports import tallies
from allocations.selectors.reversals import batch_takings
from allocations.selectors.totals import batch_totals
from tests.exports.reading import csv_rows, make, xlsx_sheets
from tests.factories.batches import approved_batch
from tests.factories.reversals import ReversalFactory, reversal_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch():
    found = approved_batch(credited=3, failed=1)
    first, second, _ = found.rows.filter(state="credited")
    reversal_in("reversed", row=first, amount=200)
    reversal_in("reversed", row=first, amount=300)
    reversal_in("failed", row=second, amount=500)
    ReversalFactory(row=second, amount=100)
    return found


def test_batch_file_shows_what_came_back_of_each_row(batch):
    rows = csv_rows(make(batch))
    assert [(row["Credited points"], row["Points taken back"], row["Net points"]) for row in rows] == [
        ("500", "500", "0"),
        ("500", "", "500"),
        ("500", "", "500"),
        ("", "", ""),
    ]


@pytest.mark.parametrize("outcome", ["", "credited"])
def test_batch_file_totals_are_those_of_the_page(batch, outcome):
    made = make(batch, outcome=outcome)
    takings = batch_takings(batch, gross=batch_totals(batch).credited_points)
    assert (made.tally.credited, made.tally.taken_back, made.tally.net) == (
        takings.gross,
        takings.reversed,
        takings.net,
    )
    assert (takings.reversed, takings.open) == (500, 100)


def test_about_adds_up_to_the_net(batch):
    about = {line[0]: line[2] for line in xlsx_sheets(make(batch, kind="xlsx"))["About"] if line[0]}
    assert [about[name] for name in ("Points credited", "Points taken back", "Points net")] == [1500, 500, 1000]


def test_failed_rows_have_nothing_taken_back(batch):
    assert make(batch, outcome="failed").tally.taken_back == Decimal(0)


def test_batch_file_is_refused_when_what_came_back_differs(batch, monkeypatch):
    monkeypatch.setattr(tallies, "reversed_points", lambda _batch: 499)
    with pytest.raises(StateConflict, match="points taken back are 500 in its rows and 499 "):
        make(batch)
