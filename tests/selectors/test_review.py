import pytest

from allocations.domain.states import RowState
from allocations.selectors.review import (
    Cause,
    Show,
    Window,
    causes,
    counted_causes,
    list_problems,
    newest_upload,
    review_rows,
    same_file_elsewhere,
)
from allocations.services.batches import count_rows
from tests.factories.batches import review_batch
from tests.factories.lists import ProblemFactory, UploadFactory

pytestmark = pytest.mark.django_db


def numbers(batch, show=Show.ALL, *, code="", **window):
    page = review_rows(batch.pk, show=show, code=code, window=Window(**window))
    return [row.number for row in page.rows], page.after, page.before


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        (Show.ERRORS, [2, 3]),
        (Show.WARNINGS, [4]),
        (Show.LEFT_OUT, [7]),
        (Show.ALL, [2, 3, 4, 5, 6, 7]),
    ],
)
def test_rows_of_each_kind(show, expected):
    batch = review_batch(errors=2, warnings=1, ready=2, left_out=1)
    review_batch(errors=1)
    assert numbers(batch, show) == (expected, None, None)


def test_rows_of_one_cause():
    batch = review_batch(errors=2, warnings=1)
    assert numbers(batch, code="mobile_made_up")[0] == [4]


def test_row_with_two_errors_is_there_once():
    batch = review_batch(errors=1)
    ProblemFactory(row=batch.rows.get(number=2), code="name_missing", field="name")
    assert numbers(batch, Show.ERRORS)[0] == [2]


def test_faulty_row_that_was_left_out_is_no_error_any_more():
    batch = review_batch(errors=2)
    batch.rows.filter(number=2).update(state=RowState.LEFT_OUT)
    assert (numbers(batch, Show.ERRORS)[0], numbers(batch, Show.LEFT_OUT)[0]) == ([3], [2])


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ({}, ([2, 3], 3, None)),
        ({"after": 3}, ([4, 5], 5, 4)),
        ({"after": 5}, ([6], None, 6)),
        ({"before": 6}, ([4, 5], 5, 4)),
        ({"before": 4}, ([2, 3], 3, None)),
        ({"after": 900}, ([], None, None)),
    ],
)
def test_pages_continue_each_other_both_ways(window, expected):
    assert numbers(review_batch(ready=5), size=2, **window) == expected


def test_page_brings_the_problems_of_its_rows(django_assert_num_queries):
    batch = review_batch(errors=3)
    with django_assert_num_queries(3):
        page = review_rows(batch.pk, show=Show.ERRORS, code="", window=Window())
        found = [[problem.code for problem in row.problems.all()] for row in page.rows]
    assert found == [["mobile_too_short"]] * 3


def test_causes_count_rows_errors_first():
    batch = review_batch(errors=2, warnings=3)
    review_batch(errors=5)
    newest = dict(batch.problems.order_by("pk").values_list("code", "pk"))
    assert causes(batch) == [
        Cause("mobile_too_short", "error", 2, 2, newest["mobile_too_short"], 1000),
        Cause("mobile_made_up", "warning", 3, 4, newest["mobile_made_up"], 1500),
    ]


def test_causes_pass_over_rows_left_out():
    batch = review_batch(errors=1)
    batch.rows.update(state=RowState.LEFT_OUT)
    assert causes(batch) == []


def test_causes_are_kept_with_the_counters():
    batch = review_batch(errors=2, warnings=3, left_out=1)
    ProblemFactory(batch=batch, row=None, number=None, code="mobile_rounded", severity="warning")
    count_rows(batch)
    assert batch.causes is not None
    assert causes(batch) == counted_causes(batch.pk)
    batch.problems.all().delete()
    assert [cause.code for cause in causes(batch)] == ["mobile_too_short", "mobile_made_up", "mobile_rounded"]


def test_causes_kept_for_other_counters_are_counted_anew():
    """A process of the former version counts rows and knows no causes."""
    batch = review_batch(errors=2)
    count_rows(batch)
    batch.problems.all().delete()
    batch.error_rows = 0
    assert causes(batch) == []


def test_problem_of_the_whole_list_is_told_apart():
    batch = review_batch(errors=1)
    whole = ProblemFactory(batch=batch, row=None, code="mobile_rounded", severity="warning")
    assert list(list_problems(batch.pk)) == [whole]


def test_newest_upload_counts():
    batch = review_batch()
    newer = UploadFactory(batch=batch, sha256="ef" * 32)
    assert newest_upload(batch.pk) == newer


def test_same_file_in_another_batch_is_found():
    first, second = review_batch(), review_batch()
    assert same_file_elsewhere(newest_upload(second.pk)) == first


def test_same_file_twice_in_one_batch_is_no_twin():
    batch = review_batch()
    assert same_file_elsewhere(UploadFactory(batch=batch)) is None
