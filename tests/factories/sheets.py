from allocations.domain import references
from allocations.models import Acceptance, Batch, Row
from tests.factories.batches import recount, review_batch, submit
from tests.factories.lists import NOW, ProblemFactory

REASON = "Checked by phone with each of them, वे सब सही हैं."


def sheet_batch(*rows: dict[str, object], warned: bool = False, **fields) -> Batch:
    """Awaits approval: one row for each of `rows` (its name, remarks, amount, mobile), numbered from 3 on after an
    ordinary row 2. `warned`: row 2 has a warning that quotes a mobile, accepted with REASON."""
    batch = review_batch(ready=1, **fields)
    if warned:
        row = batch.rows.get()
        Row.objects.filter(pk=row.pk).update(warning_count=1)
        ProblemFactory(row=row, severity="warning", code="mobile_made_up", message="looks made up (9999999999).")
        given = {"code": "mobile_made_up", "rows": 1, "newest": 1, "reason": REASON}
        Acceptance.objects.create(batch=batch, accepted_by=batch.uploaded_by, accepted_at=NOW, **given)
    plain = {"name": "Asha Rao", "remarks": "Diwali", "amount": 500}
    Row.objects.bulk_create(
        Row(
            batch=batch,
            number=number,
            reference=references.mint(),
            error_count=0,
            **{**plain, "mobile": f"98{number:08}", **row},
        )
        for number, row in enumerate(rows, start=3)
    )
    return submit(recount(batch))
