"""Tables large enough that the database's planner chooses as it does in use."""

from copy import copy

from django.db import connection

from allocations.domain import references
from allocations.models import Batch, Row
from tests.factories.lists import RowFactory


def crowd(batch: Batch, size: int = 2000) -> None:
    """Fill the batch with people who share nothing, and count the tables anew: a plan follows the counts it finds."""
    first = RowFactory.build(batch=batch)
    rows = [copy(first) for _ in range(size)]
    for number, row in enumerate(rows, 1000):
        row.reference = references.mint()
        row.number, row.name, row.mobile = number, f"Person {number}", f"98{number:08}"
        row.email, row.client_reference = f"p{number}@example.com", f"EMP-{batch.pk}-{number}"
        row.card_id, row.transaction_id = f"CRD-{batch.pk}-{number}", f"ECT-{batch.pk}-{number}"
    Row.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
