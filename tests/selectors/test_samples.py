import pytest

from allocations.selectors.samples import must_be_opened, sample_of
from tests.factories.batches import review_batch, submitted_batch

pytestmark = pytest.mark.django_db


def numbers(batch, why: str) -> list[int]:
    return [one.row.number for one in sample_of(batch) if one.why == why]


def submitted(**rows: int):
    batch = review_batch(**rows)
    batch.state, batch.digest = "submitted", "ab" * 32
    return batch


def test_the_largest_are_the_five_highest_amounts():
    batch = submitted(ready=0)
    for number, amount in enumerate((100, 900, 300, 900, 500, 700, 200), start=2):
        batch.rows.create(number=number, amount=amount, reference=f"R{number}", payload_hash="x")
    assert numbers(batch, "largest") == [3, 5, 7, 6, 4]


def test_drawn_rows_depend_only_on_the_digest():
    batch = submitted_batch(rows=12)
    first = numbers(batch, "drawn")
    assert first == numbers(batch, "drawn")
    assert len(first) == 3
    assert not set(first) & set(numbers(batch, "largest"))


def test_three_rows_with_warnings_are_among_them():
    batch = submitted(ready=10, warnings=5)
    batch.rows.filter(warning_count=0).update(amount=9000)
    assert numbers(batch, "warned") == [2, 3, 4]
    every = [one.row.number for one in sample_of(batch)]
    assert len(every) == len(set(every)) == 11


def test_rows_that_are_left_out_are_not_looked_at():
    batch = submitted(ready=9, left_out=3)
    left_out = set(batch.rows.filter(state="left_out").values_list("number", flat=True))
    assert not left_out & must_be_opened(batch, sample_of(batch))


@pytest.mark.parametrize(("rows", "opened"), [(0, 0), (8, 0), (9, 8)])
def test_a_list_that_stands_on_the_sheet_whole_has_nothing_to_open(rows, opened):
    batch = submitted_batch(rows=rows)
    assert len(must_be_opened(batch, sample_of(batch))) == opened
