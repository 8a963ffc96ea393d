import pytest

from allocations.domain.states import RowState, RunState
from allocations.selectors import outcome_rows
from allocations.selectors.outcome_rows import STATE_FILTERS, Wanted, row_page
from tests.factories.batches import approved_batch, submitted_batch

pytestmark = pytest.mark.django_db


def numbers(page):
    return [row.number for row in page.rows]


def test_row_page_walks_forward_and_back_by_number():
    batch = submitted_batch(rows=5)
    first = row_page(batch, Wanted(), size=2)
    second = row_page(batch, Wanted(), after=first.later, size=2)
    last = row_page(batch, Wanted(), after=second.later, size=2)
    back = row_page(batch, Wanted(), before=last.earlier, size=2)
    assert [numbers(page) for page in (first, second, last, back)] == [[2, 3], [4, 5], [6], [4, 5]]
    assert [(page.earlier, page.later) for page in (first, second, last, back)] == [
        (None, 3),
        (4, 5),
        (6, None),
        (4, 5),
    ]


def test_row_page_behind_the_end_is_empty():
    assert row_page(submitted_batch(), Wanted(), after=900) == outcome_rows.RowPage((), None, None)


@pytest.mark.parametrize("few", [200, 0])
@pytest.mark.parametrize(
    ("name", "expected"),
    [("credited", [2, 3]), ("failed", [4]), ("unknown", [5]), ("disputed", [6]), ("pending", [7]), ("left_out", [8])],
)
def test_row_page_by_state_with_few_and_with_many_chunks(monkeypatch, few, name, expected):
    monkeypatch.setattr(outcome_rows, "FEW_CHUNKS", few)
    batch = approved_batch(
        credited=2, failed=1, unknown=1, conflict=1, pending=1, left_out=1, run_state=RunState.RUNNING
    )
    assert numbers(row_page(batch, Wanted(states=STATE_FILTERS[name]))) == expected


def test_every_row_state_belongs_to_exactly_one_filter():
    named = [state for states in STATE_FILTERS.values() for state in states]
    assert sorted(named) == sorted(RowState)


@pytest.fixture(params=[100_000, 0], ids=["read through", "by index"])
def any_length(request, monkeypatch):
    """A batch up to the length that is read through, and a longer one."""
    monkeypatch.setattr(outcome_rows, "MOST_READ_THROUGH", request.param)


@pytest.mark.usefixtures("any_length")
@pytest.mark.parametrize("text", ["asha", "rao", "98765 43210", "+91 98765-43210", "3210", "EMP-7", "asha@example.com"])
def test_row_page_by_text_finds_the_person(text):
    batch = submitted_batch(rows=2)
    batch.state = "review"
    batch.save()
    row = batch.rows.create(
        number=50,
        name="Asha Rao",
        mobile="9876543210",
        email="asha@example.com",
        amount=5,
        reference="SHA",
        client_reference="EMP-7",
    )
    batch.rows.exclude(pk=row.pk).update(mobile="9000000000")
    assert numbers(row_page(batch, Wanted(text=text))) == [50]
    assert numbers(row_page(batch, Wanted(text=text, in_full=True))) == [50]


@pytest.mark.usefixtures("any_length")
@pytest.mark.parametrize("text", ["98765", "7654", "43210", "543210"])
def test_part_of_a_mobile_finds_its_row_only_for_who_sees_it_in_full(text):
    batch = submitted_batch(rows=1)
    batch.state = "review"
    batch.save()
    batch.rows.update(mobile="9876543210")
    assert numbers(row_page(batch, Wanted(text=text))) == []
    assert numbers(row_page(batch, Wanted(text=text, in_full=True))) == [2]


def test_a_long_batch_shows_names_that_begin_so_before_those_that_hold_it_elsewhere(monkeypatch):
    monkeypatch.setattr(outcome_rows, "MOST_READ_THROUGH", 0)
    batch = submitted_batch(rows=3)
    batch.state = "review"
    batch.save()
    for number, name in ((2, "Kumar Rao"), (3, "Asha Kumar"), (4, "KUMARAN")):
        batch.rows.filter(number=number).update(name=name)
    found = [row_page(batch, Wanted(text=text)) for text in ("kumar", "rao")]
    assert [(numbers(page), page.by_beginning) for page in found] == [([2, 4], True), ([2], False)]


@pytest.mark.parametrize("text", ["hr@example.com", "DIWALI"])
def test_what_very_many_rows_of_a_long_batch_share_is_paged_through_to_its_end(monkeypatch, text):
    monkeypatch.setattr(outcome_rows, "MOST_READ_THROUGH", 0)
    monkeypatch.setattr(outcome_rows, "_MOST_EXACT", 2)
    batch = submitted_batch(rows=5)
    batch.state = "review"
    batch.save()
    batch.rows.update(email="hr@example.com", client_reference="DIWALI")
    first = row_page(batch, Wanted(text=text), size=3)
    rest = row_page(batch, Wanted(text=text), size=3, after=first.later)
    assert [numbers(page) for page in (first, rest)] == [[2, 3, 4], [5, 6]]


@pytest.mark.usefixtures("any_length")
def test_row_page_by_ids_and_cause():
    batch = approved_batch(credited=1, failed=1)
    credited, failed = batch.rows.order_by("number")
    assert numbers(row_page(batch, Wanted(text=credited.reference.lower()))) == [2]
    assert numbers(row_page(batch, Wanted(text=credited.transaction_id))) == [2]
    assert numbers(row_page(batch, Wanted(reason_code="other", reason=failed.reason))) == [failed.number]
    assert numbers(row_page(batch, Wanted(reason="another text"))) == []
