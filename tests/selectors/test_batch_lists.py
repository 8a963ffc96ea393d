import pytest

from allocations.domain.states import BatchState, RunState
from allocations.selectors.batch_lists import batch_lines, batch_page
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.lists import BatchFactory

pytestmark = pytest.mark.django_db
ALL: frozenset[BatchState] = frozenset()


def pks(page):
    return [line.batch.pk for line in page.lines]


def test_page_is_newest_first_and_continues_below_its_last():
    batches = BatchFactory.create_batch(5)
    first = batch_page(states=ALL, text="", before=None, size=3)
    second = batch_page(states=ALL, text="", before=first.before, size=3)
    assert pks(first) + pks(second) == [batch.pk for batch in reversed(batches)]
    assert (first.before, second.before) == (batches[2].pk, None)


def test_page_of_exactly_one_page_has_no_next():
    BatchFactory.create_batch(3)
    assert batch_page(states=ALL, text="", before=None, size=3).before is None


def test_page_keeps_to_the_chosen_states():
    review_batch()
    submitted = submitted_batch()
    assert pks(batch_page(states=frozenset({BatchState.SUBMITTED}), text="", before=None)) == [submitted.pk]


@pytest.mark.parametrize("text", ["diwali", "DIWALI 20", " Diwali "])
def test_text_is_part_of_a_purpose(text):
    BatchFactory(purpose="Onam")
    diwali = BatchFactory(purpose="Diwali 2026")
    assert pks(batch_page(states=ALL, text=text, before=None)) == [diwali.pk]


@pytest.mark.parametrize("form", ["{}", "#{}", " {} "])
def test_text_is_a_batch_number(form):
    batch = BatchFactory(purpose="Onam")
    assert pks(batch_page(states=ALL, text=form.format(batch.pk), before=None)) == [batch.pk]


def test_digits_of_another_script_are_no_number():
    BatchFactory(purpose="Onam")
    assert pks(batch_page(states=ALL, text="१", before=None)) == []


def test_line_of_an_approved_batch_has_totals_and_its_run():
    batch = approved_batch(credited=2, failed=1, unknown=1, run_state=RunState.ATTENTION)
    (line,) = batch_lines([batch])
    assert (line.totals.credited, line.totals.failed, line.totals.unknown, line.totals.rows, line.run.state) == (
        2,
        1,
        1,
        4,
        "attention",
    )


def test_line_of_a_batch_in_review_has_no_run():
    (line,) = batch_lines([review_batch()])
    assert (line.run, line.totals.rows) == (None, 0)


def test_lines_cost_two_queries_however_many(django_assert_num_queries):
    batches = [approved_batch(credited=1), approved_batch(credited=2), review_batch()]
    with django_assert_num_queries(2):
        batch_lines(batches)
