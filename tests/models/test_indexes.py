"""Indexes that a query must find: without them a list of some thousand rows takes minutes."""

import pytest
from django.db import connection

from allocations.models import Row
from allocations.services.importing_findings import _USED
from tests.factories.batches import review_batch
from tests.factories.crowds import crowd

pytestmark = pytest.mark.django_db


def test_used_references_have_an_index_to_go_by() -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Row._meta.db_table)
    assert found["row_by_client_reference"]["columns"] == ["client_reference"]


def test_used_references_never_compare_every_pair_of_rows() -> None:
    # SQLite took 22 s for 5,000 rows while the query did not spell the index's condition; PostgreSQL joins by hash.
    first, second = review_batch(), review_batch()
    crowd(first)
    crowd(second)
    explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {_USED}", [second.pk, second.pk])
        plan = " ".join(str(line[-1]) for line in cursor.fetchall())
    assert "row_by_client_reference" in plan or "Hash" in plan


@pytest.mark.parametrize(("column", "index"), [("batch_id", "row_number_once"), ("chunk_id", "row_by_chunk")])
def test_rows_of_a_batch_and_of_a_chunk_are_found_without_indexes_of_their_own(column: str, index: str) -> None:
    # As a database asks when a batch or chunk is deleted, too.
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgresql:
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if postgresql else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} SELECT 1 FROM allocations_row WHERE {column} = 7")
        plan = " ".join(str(line[-1]) for line in cursor.fetchall())
        indexes = connection.introspection.get_constraints(cursor, Row._meta.db_table)
    assert (index if postgresql else "SEARCH") in plan
    assert [name for name, found in indexes.items() if found["columns"] == [column] and found["index"]] in ([], [index])
