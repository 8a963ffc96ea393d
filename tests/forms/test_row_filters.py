import pytest
from django.http import QueryDict

from allocations.domain.states import RowState
from allocations.forms.row_filters import RowFilter, number, row_filter
from allocations.selectors.outcome_rows import Wanted


def test_row_filter_reads_the_address():
    found = row_filter(QueryDict("state=failed&q= Asha &cause=kyc&said=KYC%20is%20missing&after=100"))
    assert found == RowFilter(state="failed", text="Asha", cause="kyc", said="KYC is missing", after=100)
    assert found.wanted == Wanted(
        states=frozenset({RowState.FAILED}), text="Asha", reason_code="kyc", reason="KYC is missing"
    )
    assert found.query == "state=failed&q=Asha&cause=kyc&said=KYC+is+missing"
    assert not found.is_empty


@pytest.mark.parametrize("address", ["", "state=nonsense", "after=-1&before=x", "q=%00", "after=9999999999"])
def test_row_filter_ignores_what_it_cannot_use(address):
    found = row_filter(QueryDict(address))
    assert found == RowFilter()
    assert found.is_empty
    assert found.query == ""


@pytest.mark.parametrize(("text", "value"), [("12345", 12345), ("", None), ("१२", None), ("1e3", None), ("²", None)])
def test_number_of_an_address(text, value):
    assert number(text) == value
