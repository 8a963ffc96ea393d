import pytest

from allocations.forms.grids import GridForm
from allocations.selectors.review import Show, Window


@pytest.mark.parametrize(
    ("query", "window"),
    [
        ({}, Window()),
        ({"after": "100"}, Window(after=100)),
        ({"before": "100"}, Window(before=100)),
        ({"row": "12345"}, Window(after=12_344)),
        ({"after": "x", "before": "-5"}, Window()),
        ({"after": "99999999999999999999"}, Window()),
    ],
)
def test_window_comes_from_the_address(query, window):
    assert GridForm(query).window == window


@pytest.mark.parametrize(
    ("query", "show"), [({}, Show.ERRORS), ({"show": "left-out"}, Show.LEFT_OUT), ({"show": "nothing"}, Show.ERRORS)]
)
def test_unknown_tab_is_the_opening_one(query, show):
    assert GridForm(query).chosen(otherwise=Show.ERRORS) == show


@pytest.mark.parametrize(("query", "code"), [({"problem": "name_missing"}, "name_missing"), ({"problem": "<b>"}, "")])
def test_code_is_a_plain_word(query, code):
    assert GridForm(query).code == code
