"""What earlier calls of ours, where they could have reached EnKash, did with the rows of an attempt."""

from collections import defaultdict
from collections.abc import Sequence

from allocations.domain.answers import Before
from allocations.domain.history import EarlierCall, before
from allocations.domain.states import AttemptState
from allocations.models import Attempt, AttemptRow


def histories(row_ids: Sequence[int], *, attempt: Attempt) -> dict[int, Before]:
    """By row; a row without an earlier call is not in it."""
    earlier = AttemptRow.objects.filter(row_id__in=row_ids, attempt_id__lt=attempt.pk).exclude(
        attempt__state=AttemptState.NOT_SENT
    )
    said = earlier.values_list("row_id", "attempt__chunk__run_id", "attempt__result", "outcome", "reason_code")
    calls: dict[int, list[EarlierCall]] = defaultdict(list)
    for row_id, run_id, result, outcome, reason in said:
        calls[row_id].append(EarlierCall(run_id != attempt.chunk.run_id, result, outcome, reason))
    return {row_id: before(each) for row_id, each in calls.items()}
