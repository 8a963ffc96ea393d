import pytest

from allocations.domain.cells import FIELDS
from allocations.models import Batch, Problem, Row
from allocations.presenters import review, review_grid
from allocations.presenters.review_grid import Said
from allocations.selectors.review import Show

WRONG_MOBILE = Problem(
    field="mobile",
    code="mobile_wrong_length",
    severity="error",
    message="has 7 digits (98204 41); an Indian mobile has 10.",
)
LONG_REMARK = Problem(field="remarks", code="line_break", severity="warning", message="contained a line break.")


def batch(**counts):
    return Batch(pk=7, **{"row_count": 10, **counts})


def line(*problems, unmasked=True, can_change=True, **fields):
    row = Row(
        pk=1, batch_id=7, number=12, title="Ms", name="Asha Rao", email="asha@example.com", amount=1_500, **fields
    )
    row._prefetched_objects_cache = {"problems": list(problems)}
    return review_grid.lines([row], unmasked=unmasked, can_change=can_change, query="show=all")[0]


def test_equation_of_a_checked_list_adds_up():
    equation = review.review_equation(batch(error_rows=3, left_out_count=2), rows_in_file=10)
    assert ([part.number for part in equation.parts], equation.adds_up) == ([5, 3, 2], True)


def test_equation_of_a_clean_list_names_its_points():
    assert (
        review.review_equation(batch(points_total=250_000), rows_in_file=10).remark
        == "Ready rows carry 2,50,000 points"
    )


def test_equation_of_a_list_that_lost_a_row_does_not_add_up():
    assert review.review_equation(batch(), rows_in_file=11).adds_up is False


def test_list_that_does_not_add_up_is_not_submitted():
    reason = review.reason_against_submitting(batch(), adds_up=False)
    assert reason == "The rows do not add up: upload the list again."


@pytest.mark.parametrize(
    ("counts", "refused", "reason"),
    [
        ({}, "", ""),
        ({}, "To submit a batch you need the role admin.", "To submit a batch you need the role admin."),
        ({"error_rows": 1}, "", "1 row still has errors: fix them or leave them out."),
        ({"error_rows": 23}, "", "23 rows still have errors: fix them or leave them out."),
        ({"left_out_count": 10}, "", "No row is left to submit. Upload a list with at least one row."),
    ],
)
def test_reason_against_submitting(counts, refused, reason):
    assert review.reason_against_submitting(batch(**counts), refused=refused) == reason


@pytest.mark.parametrize(
    ("counts", "show"),
    [({"error_rows": 1, "warning_rows": 1}, Show.ERRORS), ({"warning_rows": 1}, Show.WARNINGS), ({}, Show.ALL)],
)
def test_grid_opens_on_what_needs_work(counts, show):
    assert review.opening_show(batch(**counts)) == show


def test_tabs_carry_the_stored_counters():
    tabs = review.tabs(batch(error_rows=3, warning_rows=4, left_out_count=2))
    assert [(tab.label, tab.rows) for tab in tabs] == [("Errors", 3), ("Warnings", 4), ("All", 10), ("Left out", 2)]


def test_line_shows_values_as_people_read_them():
    found = line(mobile="9876500001", remarks="Diwali")
    values = [cell.value for cell in found.cells]
    assert values == ["Asha Rao", "Ms", "98765 00001", "asha@example.com", "1,500", "Diwali", "no reference"]
    assert [cell.field for cell in found.chief] == ["name", "mobile", "email", "amount"]


def test_problem_stands_in_its_own_cell():
    cell = line(WRONG_MOBILE, raw={"mobile": "98204 41"}, error_count=1).cells[2]
    said = (Said("Has 7 digits (98204 41); an Indian mobile has 10.", is_error=True),)
    assert (cell.value, cell.found, cell.css, cell.said) == ("–", "98204 41", "cell bad", said)


def test_every_column_of_a_list_has_a_cell_in_the_grid():
    found = line(LONG_REMARK)
    fields = [cell.field for cells in found.columns for cell in cells]
    assert sorted(fields) == sorted(FIELDS)
    assert found.cells[5].said == (Said("Contained a line break.", is_error=False),)


def test_problem_of_a_row_stands_in_no_cell():
    found = line(Problem(field="", code="hidden_row", severity="warning", message="is hidden."))
    assert (found.said, found.has_problem) == ((Said("Is hidden.", is_error=False),), True)


def test_left_out_row_is_no_next_problem():
    assert [line(WRONG_MOBILE, state=state).has_problem for state in ("pending", "left_out")] == [True, False]


def test_masked_line_shows_personal_data_nowhere():
    remarks = "Call 98111 22333"
    shown = repr(line(WRONG_MOBILE, unmasked=False, mobile="9876500001", raw={"mobile": "98204 41"}, remarks=remarks))
    assert [part in shown for part in ("9876500001", "00001", "98204", "asha@", "98111 22333")] == [False] * 5


def test_masked_line_still_says_what_is_wrong():
    assert line(WRONG_MOBILE, unmasked=False).cells[2].said == (Said("Mobile too long or too short.", is_error=True),)


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, "ready"),
        ({"warning_count": 1}, "warning"),
        ({"error_count": 1, "warning_count": 1}, "Needs fixing"),
        ({"error_count": 1, "state": "left_out"}, "left out"),
    ],
)
def test_line_has_one_status(fields, word):
    assert line(**fields).status.word == word


def test_cells_lead_to_their_editor_only_for_who_may_change_them():
    edits = [line(can_change=can_change).cells[2].edit for can_change in (True, False)]
    assert edits == ["/batches/7/rows/12/cells/mobile/?show=all", ""]
    assert line(state="left_out").cells[2].edit == ""


@pytest.mark.parametrize(("state", "acts"), [("pending", (True, False)), ("left_out", (False, True))])
def test_line_can_be_left_out_or_taken_back(state, acts):
    found = line(state=state)
    assert (found.can_leave_out, found.can_take_back) == acts
