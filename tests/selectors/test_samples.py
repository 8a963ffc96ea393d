import pytest

from allocations.selectors.samples import must_be_opened, sample_of
from tests.factories.batches import approved_batch, review_batch, submitted_batch

pytestmark = pytest.mark.django_db


def numbers(batch, why: str) -> list[int]:
    return [one.row.number for one in sample_of(batch) if one.why == why]


def submitted(**fields):
    batch = review_batch(**fields)
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
    warned = numbers(batch, "warned")
    assert len(warned) == 3
    assert set(warned) < {2, 3, 4, 5, 6}
    every = [one.row.number for one in sample_of(batch)]
    assert len(every) == len(set(every)) == 11


def test_which_rows_with_warnings_is_not_for_the_maker_to_choose():
    batch = submitted(ready=10, warnings=40)
    batch.rows.filter(warning_count=0).update(amount=9000)
    drawn = set()
    for digest in ("ab" * 32, "cd" * 32, "ef" * 32):
        batch.digest = digest
        drawn.add(tuple(numbers(batch, "warned")))
    assert len(drawn) == 3


def test_people_who_were_not_in_the_batch_before_are_among_them():
    before = approved_batch(credited=9)
    batch = submitted(ready=12, account=before.account)
    known = list(before.rows.values_list("mobile", flat=True))
    for row, mobile in zip(batch.rows.order_by("number"), known, strict=False):
        type(row).objects.filter(pk=row.pk).update(mobile=mobile)
    assert numbers(batch, "new") == [11, 12, 13]


def test_rows_that_are_left_out_are_not_looked_at():
    batch = submitted(ready=9, left_out=3)
    left_out = set(batch.rows.filter(state="left_out").values_list("number", flat=True))
    assert not left_out & must_be_opened(batch, sample_of(batch))


@pytest.mark.parametrize(("rows", "opened"), [(0, 0), (8, 0), (9, 8)])
def test_a_list_that_stands_on_the_sheet_whole_has_nothing_to_open(rows, opened):
    batch = submitted_batch(rows=rows)
    assert len(must_be_opened(batch, sample_of(batch))) == opened
