from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from allocations.domain.states import BatchState, RowState
from allocations.models import Row
from allocations.selectors import facets as module
from allocations.selectors.facets import Facets, Place, all_ids, walk_rows
from tests.factories.batches import approved_batch, review_batch, submitted_batch
from tests.factories.crowds import crowd
from tests.factories.lists import NOW, AccountFactory, RowFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
FAILED = Facets(states=frozenset({RowState.FAILED}))


def keys(facets: Facets, **place) -> list[tuple[int, int]]:
    return [(row.batch_id, row.number) for row in walk_rows(facets, **place).rows]


def all_keys(facets: Facets, *, size: int) -> list[tuple[int, int]]:
    """Page after page."""
    found, walk = [], walk_rows(facets, size=size)
    while True:
        found += [(row.batch_id, row.number) for row in walk.rows]
        if walk.after is None:
            return found
        walk = walk_rows(facets, after=walk.after, size=size)


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_newest_batch_comes_first_and_each_in_file_order_whatever_the_page(size) -> None:
    older, newer = submitted_batch(rows=3), submitted_batch(rows=2)
    assert all_keys(Facets(), size=size) == [
        *((newer.pk, number) for number in (2, 3)),
        *((older.pk, number) for number in (2, 3, 4)),
    ]


@pytest.mark.parametrize("most_rows", [1, 2, 3, 100])
@pytest.mark.parametrize("most_batches", [1, 2, 100])
def test_page_that_ends_early_loses_nothing(monkeypatch, most_rows, most_batches) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", most_rows)
    monkeypatch.setattr(module, "MOST_BATCHES", most_batches)
    first, second, last = approved_batch(failed=1, credited=3), review_batch(ready=2), approved_batch(failed=2)
    # Blank rows lay between.
    RowFactory(batch=second, number=9)
    assert all_keys(FAILED, size=2) == [(last.pk, 2), (last.pk, 3), (first.pk, 2)]
    everything = [(row.batch_id, row.number) for one in (last, second, first) for row in one.rows.order_by("number")]
    assert all_keys(Facets(least=1), size=2) == all_keys(Facets(), size=2) == everything


def test_each_facet_takes_what_it_names() -> None:
    account, maker, submitter = AccountFactory(), UserFactory(), UserFactory()
    batch = submitted_batch(rows=1, account=account, uploaded_by=maker, purpose="Onam 2026")
    batch.submitted_by = submitter
    batch.save()
    approved = approved_batch(credited=1, failed=1)
    mine, theirs = [(batch.pk, 2)], [(approved.pk, 2), (approved.pk, 3)]
    now = batch.submitted_at
    assert keys(Facets(account_id=account.pk)) == mine
    assert keys(Facets(maker_id=maker.pk)) == keys(Facets(maker_id=submitter.pk)) == mine
    assert keys(Facets(purpose="onam")) == mine
    assert keys(Facets(approver_id=approved.approved_by_id)) == theirs
    assert keys(FAILED) == theirs[1:]
    assert keys(Facets(until=now)) == keys(Facets(since=now + timedelta(days=1))) == []
    assert keys(Facets(least=501)) == keys(Facets(most=499)) == []
    assert keys(Facets(least=500, most=500, since=now)) == theirs + mine


def test_list_that_is_being_read_is_not_looked_through() -> None:
    batch = review_batch()
    batch.state = BatchState.CHECKING
    batch.save()
    assert keys(Facets()) == []


def test_rows_of_a_large_batch_are_read_by_their_index_and_few_at_a_time() -> None:
    batch = review_batch(ready=0)
    crowd(batch)
    batch.row_count = 2000
    batch.save()
    for facets in (Facets(), Facets(least=1), Facets(states=frozenset({RowState.PENDING}))):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            walk = walk_rows(facets, after=Place(batch.pk, 1500))
        assert (len(walk.rows), walk.rows[0].number) == (50, 1501)
        read = [one["sql"] for one in queries if "LIMIT 51" in one["sql"]]
        assert len(read) == 1
        assert len(queries) == 2


def credited(amount: int = 500, at: datetime = NOW, **fields) -> Row:
    known = {"state": RowState.CREDITED, "evidence": "answer", "credited_amount": amount, "outcome_at": at}
    batch = review_batch(ready=0)
    batch.row_count = 1
    batch.save()
    return RowFactory(**{"batch": batch, "number": 2, "mobile": "9876500011", "amount": amount, **known, **fields})


def test_first_points_of_a_person_are_those_that_were_credited_first() -> None:
    later = credited(at=NOW + timedelta(hours=1))
    first = credited()
    at_once = credited()
    credited(at=NOW - timedelta(days=1), state=RowState.PENDING)
    credited(mobile="")
    other = credited(mobile="9876500012")
    found = keys(Facets(is_first=True))
    assert found == [(other.batch_id, 2), (first.batch_id, 2)]
    assert (later.batch_id, 2) not in found
    assert (at_once.batch_id, 2) not in found
    assert len(all_ids(Facets(is_first=True), most=9)) == 2


def test_people_of_first_points_are_looked_up_by_their_mobile() -> None:
    batch = review_batch(ready=0)
    crowd(batch)
    rows = Facets(is_first=True).narrow_rows(Row.objects.filter(batch=batch, number__gt=1000, number__lte=1050))
    assert "row_by_mobile" in rows.order_by("number")[:51].explain()
