import pytest

from allocations.domain.errors import InvalidInput
from allocations.forms.row_numbers import RowNumberForm


@pytest.mark.parametrize(("data", "row"), [({"number": "12"}, 12), ({}, None)])
def test_number_may_be_left_away(data, row):
    assert RowNumberForm(data).row == row


@pytest.mark.parametrize("text", ["0", "-1", "twelve", "99999999999"])
def test_number_that_no_row_has_is_refused(text):
    with pytest.raises(InvalidInput, match=r"^This is not the number of a row\."):
        _ = RowNumberForm({"number": text}).row


def test_needed_number_that_is_missing_is_refused():
    with pytest.raises(InvalidInput, match=r"^No row was named\."):
        _ = RowNumberForm({}).required_row
