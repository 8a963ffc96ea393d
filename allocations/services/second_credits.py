"""A row that is credited already, proved credited under another transaction id: somebody has points twice."""

from collections.abc import Sequence
from datetime import datetime

from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.pauses import Pause
from allocations.domain.states import RowState
from allocations.models import Row, Run
from allocations.selectors.passports import SECOND_CREDIT
from allocations.services import runs, trail


def hold_second_credits(verdicts: Sequence[Verdict], *, run: Run, now: datetime) -> None:
    """After the verdicts were applied, for a credited row keeps the credit that it has.

    Tells each in the trail and pauses the run, and the run that has the row now: EnKash's check for repeated
    references, on which every resend relies, did not hold.
    """
    proved = {v.row_id: v.transaction_id for v in verdicts if v.outcome is Outcome.CREDITED and v.transaction_id}
    credited = Row.objects.filter(pk__in=proved, state=RowState.CREDITED, transaction_id__isnull=False)
    for row in credited.select_related("chunk__run").order_by("pk"):
        if row.transaction_id != proved[row.pk]:
            _hold(row, proved[row.pk], run=run, now=now)


def _hold(row: Row, transaction_id: str, *, run: Run, now: datetime) -> None:
    trail.write_entry(
        SECOND_CREDIT,
        at=now,
        object_type="row",
        object_id=row.pk,
        batch_id=row.batch_id,
        number=row.number,
        on_record=row.transaction_id,
        transaction_id=transaction_id,
    )
    detail = f"row {row.number} was credited twice, as {row.transaction_id} and as {transaction_id}"
    for each in {run, *([row.chunk.run] if row.chunk else [])}:
        runs.pause_by_itself(each, Pause.IMPOSSIBLE, now=now, detail=detail)
