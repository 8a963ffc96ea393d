"""Taking the rows out of a batch that came back with a backup, after people compared it with EnKash's statement."""

from django.db import transaction

from allocations.domain.restored import check_emptiable
from allocations.domain.states import BatchState
from allocations.gateway import database_now
from allocations.models import Problem, Repair, Replacement, Reveal, Row
from allocations.selectors.restores import may_have_been_sent
from allocations.services import bulk, trail
from allocations.services.batches import count_rows
from allocations.services.locks import locked_batch

# Of a longer list the stored file and the trail's count are what is left.
KEPT_REFERENCES = 1000


def empty_batch(batch_id: int, *, why: str) -> int:
    """How many rows were taken out. The batch keeps its number, its file and trail; replaced rows are free again."""
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        check_emptiable(batch_id, BatchState(batch.state), may_have_been_sent=may_have_been_sent(batch))
        rows, points = batch.row_count, batch.points_total
        references = list(batch.rows.order_by("number").values_list("reference", flat=True)[:KEPT_REFERENCES])
        Replacement.objects.filter(row__batch=batch).delete()
        Repair.objects.filter(batch=batch).delete()
        bulk.delete_of_batch(Problem, batch_id)
        bulk.delete_of_batch(Reveal, batch_id)
        bulk.delete_of_batch(Row, batch_id)
        count_rows(batch)
        trail.write_entry(
            "rows taken out",
            at=now,
            object_type="batch",
            object_id=batch_id,
            batch_id=batch_id,
            why=why,
            rows=rows,
            points=points,
            first_references=references,
        )
    return rows
