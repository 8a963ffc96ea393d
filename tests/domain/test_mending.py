import pytest

from allocations.domain.cells import CleanRow, RowLimits
from allocations.domain.errors import InvalidInput
from allocations.domain.mending import StoredRow, mend

LIMITS = RowLimits(max_points=100_000)
ROW = StoredRow(
    CleanRow("", "Asha", "", "9812345671", None, "", ""), {"amount": "2026-01-02"}, {"amount": ["date", ""]}, {}
)


def test_cell_of_a_date_stays_a_date_while_another_is_mended() -> None:
    mended = mend(ROW, "name", "Asha Rao", limits=LIMITS)
    assert [one.code for one in mended.problems] == ["cell_date"]
    assert (mended.raw, mended.edits) == ({"name": "Asha", "amount": "2026-01-02"}, {"name": "Asha Rao"})


def test_text_of_an_odd_cell_typed_anew_is_no_putting_back() -> None:
    row = StoredRow(ROW.values, {"amount": "100"}, {"amount": ["formula", ""]}, {})
    mended = mend(row, "amount", "100", limits=LIMITS)
    assert (mended.values.amount, mended.edits, mended.raw) == (100, {"amount": "100"}, {"amount": "100"})
    back = mend(StoredRow(mended.values, mended.raw, row.cells, mended.edits), "amount", None, limits=LIMITS)
    assert (back.values.amount, back.edits, [one.code for one in back.problems]) == (None, {}, ["cell_formula"])


def test_cell_that_was_never_mended_cannot_be_put_back() -> None:
    with pytest.raises(InvalidInput, match="Nothing was changed"):
        mend(ROW, "name", None, limits=LIMITS)
