"""Repairs of many rows: none guesses, none adds or loses a point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.cells import FIELDS, REQUIRED, CleanRow
from allocations.domain.repairs import Candidate, Kind, Step, offered, steps

TWICE, OTHER = "same_person_and_amount", "same_person_other_amount"


def row(number, *codes, errors=(), **values):
    clean = CleanRow("", "Asha", "asha@example.com", "9876500001", 100, "", "")._replace(**values)
    return Candidate(number, clean, tuple(errors), frozenset(codes))


def done(kind, code, *rows, most=1000):
    return steps(kind, code, rows, max_points=most)


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("title_unknown", (Kind.EMPTY,)),
        ("email_invalid", (Kind.EMPTY,)),
        ("reference_damaged_by_excel", (Kind.EMPTY,)),
        ("cell_formula", (Kind.EMPTY,)),
        (TWICE, (Kind.KEEP_FIRST, Kind.SUM)),
        (OTHER, (Kind.SUM,)),
        # Each of these hides something that only a person can tell.
        *((code, ()) for code in ("mobile_damaged_by_excel", "amount_fraction", "reference_twice", "mobile_rounded")),
        *((code, ()) for code in ("same_mobile_other_email", "reference_used_before", "")),
    ],
)
def test_only_what_needs_no_guess_is_offered(code, kinds) -> None:
    assert offered(code) == kinds


@pytest.mark.parametrize("field", FIELDS)
def test_a_cell_is_emptied_where_it_may_be_empty(field) -> None:
    found = done(Kind.EMPTY, "line_break", row(2, errors=[("line_break", field), ("title_unknown", "title")]))
    assert found == (() if field in REQUIRED else (Step(2, {field: ""}),))


def test_a_warning_in_a_cell_empties_nothing() -> None:
    assert done(Kind.EMPTY, "line_break", row(2, "line_break")) == ()


@pytest.mark.parametrize(
    ("second", "left_out"),
    [
        ({}, (3,)),
        ({"errors": [("reference_twice", "client_reference")]}, (3,)),
        ({"errors": [("title_unknown", "title")]}, None),
        ({"amount": None}, None),
        ({"remarks": "Diwali"}, None),
        ({"client_reference": "A-2"}, None),
        ({"name": "asha"}, None),
    ],
)
def test_only_rows_that_are_equal_in_every_column_are_repeats(second, left_out) -> None:
    found = done(Kind.KEEP_FIRST, TWICE, row(2, TWICE), row(3, TWICE, **second))
    assert found == (() if left_out is None else (Step(2, {}, left_out),))


@pytest.mark.parametrize(
    ("second", "most", "points"),
    [
        ({"amount": 250}, 350, "350"),
        ({"amount": 250}, 349, None),
        ({"amount": 250, "name": "ASHA", "email": "asha@EXAMPLE.com", "remarks": "Onam"}, 1000, "350"),
        ({"amount": 250, "name": "Ashok"}, 1000, None),
        ({"amount": 250, "email": ""}, 1000, None),
        ({"amount": None}, 1000, None),
        ({"amount": 250, "errors": [("reference_twice", "client_reference")]}, 1000, None),
    ],
)
def test_rows_of_one_person_are_added_up_where_it_is_surely_one(second, most, points) -> None:
    found = done(Kind.SUM, OTHER, row(2, OTHER), row(3, OTHER, **second), most=most)
    assert found == (() if points is None else (Step(2, {"amount": points}, (3,)),))


def test_a_repeat_among_the_rows_of_a_person_is_decided_first() -> None:
    rows = (row(2, TWICE), row(3, TWICE), row(4, OTHER, amount=50))
    assert (done(Kind.SUM, OTHER, *rows), done(Kind.SUM, TWICE, *rows)) == ((), ())


@given(
    st.lists(
        st.tuples(st.sampled_from(["9876500001", "9876500002", ""]), st.sampled_from([None, 1, 60, 100]), st.booleans())
    )
)
def test_no_point_is_lost_or_added_by_a_sum_and_no_row_is_used_twice(found) -> None:
    rows = [row(number, OTHER if odd else TWICE, mobile=m, amount=a) for number, (m, a, odd) in enumerate(found, 2)]
    amounts = {one.number: one.values.amount for one in rows}
    for code in (TWICE, OTHER):
        made = done(Kind.SUM, code, *rows, most=300)
        used = [number for step in made for number in (step.number, *step.left_out)]
        assert len(set(used)) == len(used)
        for step in made:
            assert int(step.texts["amount"]) == sum(amounts[number] for number in (step.number, *step.left_out)) <= 300
