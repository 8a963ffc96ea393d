import pytest

from allocations.domain.states import RowState
from allocations.selectors.comparing import Change, changed_rows, counted_changes
from tests.factories.batches import approved_batch, recount, submitted_batch
from tests.factories.lists import RowFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """Asha as before, Bala with other points, Chitra gone, Devi new; a row that is left out is nowhere."""
    before = approved_batch(credited=0)
    after = submitted_batch(rows=0, account=before.account)
    for number, (mobile, amount) in enumerate((("9876500001", 500), ("9876500002", 700), ("9876500003", 100)), start=2):
        RowFactory(batch=before, number=number, mobile=mobile, amount=amount)
    after.state = "review"
    after.save()
    for number, (mobile, amount) in enumerate((("9876500001", 500), ("9876500002", 900), ("9876500004", 50)), start=2):
        RowFactory(batch=after, number=number, mobile=mobile, amount=amount)
    RowFactory(batch=after, number=9, mobile="9876500003", amount=100, state=RowState.LEFT_OUT)
    return recount(after), before


def test_each_change_is_found_where_it_is(pair):
    found = {change: list(changed_rows(*pair, change).values_list("mobile", flat=True)) for change in Change}
    assert found == {Change.NEW: ["9876500004"], Change.GONE: ["9876500003"], Change.POINTS: ["9876500002"]}
    assert changed_rows(*pair, Change.POINTS).get().points_before == 700


def test_somebody_with_two_rows_has_other_points_only_where_none_of_them_fits(pair):
    after, before = pair
    RowFactory(batch=before, number=7, mobile="9876500002", amount=900)
    assert not changed_rows(after, before, Change.POINTS).exists()


def test_short_lists_are_counted(pair, monkeypatch):
    assert counted_changes(*pair) == {Change.NEW: 1, Change.GONE: 1, Change.POINTS: 1}
    monkeypatch.setattr("allocations.selectors.comparing.COUNTED_ROWS", 1)
    assert counted_changes(*pair) is None
