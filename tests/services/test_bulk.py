"""One statement for many rows: the values as given, only where the rows are as expected, nothing cut in silence."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import DataError, connection, transaction

from allocations.models import Row
from allocations.services.bulk import TableWriter, commit_without_waiting, update_many
from tests.factories.lists import BatchFactory, RowFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 9, 30, 15, 123456, tzinfo=UTC)


def rows(*states: str) -> list[Row]:
    batch = BatchFactory(state="review")
    return [RowFactory(batch=batch, number=number, state=state) for number, state in enumerate(states, start=2)]


def test_values_of_every_kind_arrive() -> None:
    first, second = rows("pending", "pending")
    amount, at = connection.ops.adapt_decimalfield_value(Decimal("10.50"), 18, 2), AT.replace(tzinfo=None)
    at = AT if connection.vendor == "postgresql" else str(at)
    fields = ("reason", "transaction_id", "credited_amount", "outcome_at", "tries", "id")
    texts = ["a 'quoted' {list}, 50 % \\ NULL ₹", ""]
    changed = update_many(
        Row, fields, [(texts[0], "T1", amount, at, 1, first.pk), (texts[1], None, None, None, 2, second.pk)], among={}
    )
    found = list(Row.objects.order_by("pk").values_list("reason", "transaction_id", "credited_amount", "outcome_at"))
    assert changed == 2
    assert found == [(texts[0], "T1", Decimal("10.50"), AT), (texts[1], None, None, None)]
    assert [row.tries for row in Row.objects.order_by("pk")] == [1, 2]


def test_only_rows_among_the_given_are_changed_and_counted() -> None:
    stored = rows("pending", "sending", "unknown")
    records = [("new", row.pk) for row in stored]
    batch = stored[0].batch_id
    assert update_many(Row, ("reason", "id"), records, among={"batch": [batch], "state": ["pending", "unknown"]}) == 2
    assert [row.reason for row in Row.objects.order_by("pk")] == ["new", "", "new"]
    assert update_many(Row, ("reason", "id"), records, among={"batch": [batch + 1]}) == 0
    assert update_many(Row, ("reason", "id"), [], among={}) == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no lengths")
def test_a_text_too_long_is_refused_as_a_whole() -> None:
    first, second = rows("pending", "pending")
    with pytest.raises(DataError), transaction.atomic():
        update_many(Row, ("card_id", "id"), [("fits", first.pk), ("x" * 65, second.pk)], among={})
    assert {row.card_id for row in Row.objects.all()} == {""}


ODD = ["None", "\\N", "\\None", "NULL", "", "a\tb", "a\nb\r", "\\", "\\.", "%s 'x'", "आशा ₹"]


def test_texts_that_a_copy_has_a_meaning_for_arrive_as_they_are() -> None:
    batch = BatchFactory(state="review")
    fields = ("batch", "number", "name", "amount", "reference", "raw", "cells")
    records = [
        (batch.pk, number, text, None if number % 2 else number, f"R{number}", "{}", None)
        for number, text in enumerate(ODD, start=2)
    ]
    # As one block that needs escapes, as blocks of which some do, and with a block that is empty.
    TableWriter(Row, fields).write_all([records[:5], [], *([record] for record in records[5:])])
    found = Row.objects.order_by("number").values_list("name", "amount", "cells", "edits", "state", "tries", "reason")
    assert list(found) == [
        (text, None if number % 2 else number, None, None, "pending", 0, "") for number, text in enumerate(ODD, start=2)
    ]


def test_what_breaks_between_two_blocks_stores_neither_and_is_told_as_it_is() -> None:
    batch = BatchFactory(state="review")

    def blocks():
        yield [(batch.pk, 2, "Asha", 1, "R2", "{}")]
        raise ValueError("Ravi is no number")

    fields = ("batch", "number", "name", "amount", "reference", "raw")
    with pytest.raises(ValueError, match="Ravi is no number"), transaction.atomic():
        TableWriter(Row, fields).write_all(blocks())
    assert not Row.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite always waits")
@pytest.mark.django_db(transaction=True)
def test_only_the_transaction_that_says_so_does_not_wait_for_the_disk() -> None:
    def waits() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return cursor.fetchone()[0]

    with transaction.atomic():
        commit_without_waiting()
        inside = waits()
    assert (inside, waits()) == ("off", "on")
