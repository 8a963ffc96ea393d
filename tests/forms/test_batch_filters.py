import pytest

from allocations.domain.states import BatchState
from allocations.forms.batch_filters import BatchFilterForm


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ("", "", None)),
        ({"q": " Diwali ", "state": "approved", "before": "20"}, ("Diwali", "approved", 20)),
        ({"state": "everything", "before": "zero"}, ("", "", None)),
    ],
)
def test_filter_ignores_what_it_does_not_know(query, found):
    form = BatchFilterForm(query)
    assert (form.text, form.tab, form.older_than) == found


def test_tabs_cover_every_state_once():
    chosen = [BatchFilterForm({"state": name}).states for name in ("open", "submitted", "approved")]
    assert sorted(state for states in chosen for state in states) == sorted(BatchState)
