"""What calls of ours, where they could have reached EnKash, did with rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet

from allocations.domain.answers import Verdict
from allocations.domain.history import Call, is_proved_by_listed_failure
from allocations.domain.outcomes import Outcome, Reason
from allocations.domain.states import AttemptState, RowState
from allocations.models import Attempt, AttemptRow, Row


def sent_before(row_ids: Sequence[int], *, attempt: Attempt) -> set[int]:
    """Rows with which a call before the attempt may have reached EnKash."""
    earlier = AttemptRow.objects.filter(row_id__in=row_ids, attempt_id__lt=attempt.pk)
    return set(earlier.exclude(attempt__state=AttemptState.NOT_SENT).values_list("row_id", flat=True))


def without_stale_failures(verdicts: Sequence[Verdict | None], rows: Sequence[Row]) -> list[Verdict | None]:
    """The same verdicts of a look-up, but a failure that may be an earlier call's proves nothing of an unknown row."""
    unknown = {row.pk for row in rows if row.state == RowState.UNKNOWN}
    failed = _failed(verdicts) & unknown
    calls = _calls(AttemptRow.objects.filter(row_id__in=failed)) if failed else {}
    stale = {row_id for row_id, each in calls.items() if not is_proved_by_listed_failure(each)}
    return [
        Verdict(verdict.row_id, Outcome.UNKNOWN, reason=Reason.UNDECIDED_AT_ENKASH)
        if verdict and verdict.row_id in stale
        else verdict
        for verdict in verdicts
    ]


def _failed(verdicts: Iterable[Verdict | None]) -> set[int]:
    return {verdict.row_id for verdict in verdicts if verdict and verdict.outcome is Outcome.FAILED}


def _calls(lines: QuerySet[AttemptRow]) -> dict[int, list[Call]]:
    arrived = lines.exclude(attempt__state=AttemptState.NOT_SENT)
    calls: dict[int, list[Call]] = defaultdict(list)
    for row_id, result, outcome, reason in arrived.values_list("row_id", "attempt__result", "outcome", "reason_code"):
        calls[row_id].append(Call(result, outcome, reason))
    return calls
