"""Points that another batch gives already: counted when a list was read, and once more when it is submitted."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from allocations.domain.repeats import ContentRoot, Repeat, check_repeats
from allocations.domain.states import BatchState
from allocations.gateway import database_now
from allocations.models import Batch
from allocations.models import Repeat as Kept
from allocations.selectors.repeats import find_repeats
from allocations.selectors.replacements import is_replacement_batch
from allocations.services.locks import locked_batch, one_submission_at_a_time


@dataclass(frozen=True, slots=True)
class Answer:
    """What the maker says: why the points are given again, and which other batches the page has shown."""

    reason: str = ""
    shown: frozenset[int] = frozenset()


NO_ANSWER = Answer()


def content_root() -> ContentRoot:
    return ContentRoot(key=hashlib.sha256(b"content root:" + settings.SECRET_KEY.encode()).digest())


def look_for_repeats(batch_id: int) -> None:
    """After a list was read, before it is opened for review."""
    now = database_now()
    keep_repeats(batch_id, find_repeats(Batch.objects.get(pk=batch_id), now=now), now=now)


def keep_repeats(batch_id: int, found: Sequence[Repeat], *, now: datetime) -> None:
    """What the review shows from now on. Those that a submission was decided on stay."""
    with transaction.atomic():
        if locked_batch(batch_id).state not in {BatchState.CHECKING, BatchState.REVIEW}:
            return
        _store(batch_id, found, now=now)


def settle_repeats(batch: Batch, answer: Answer, *, root: str, now: datetime) -> list[Repeat]:
    """In the transaction of the submission. Raises RepeatRefused; else the batch keeps what was found, and why."""
    # Of two equal lists submitted at once, the second one is counted when the first is there to be seen.
    one_submission_at_a_time()
    found = find_repeats(batch, now=now, root=root)
    reason = answer.reason.strip()
    check_repeats(found, shown=answer.shown, reason=reason, now=now, days=settings.SAME_LIST_BLOCK_DAYS)
    _store(batch.pk, found, now=now)
    # A replacement repeats on purpose, so it does not keep the same list from waiting beside it.
    batch.content_root = "" if is_replacement_batch(batch.pk) else root
    batch.repeat_reason = reason if found else ""
    return found


def _store(batch_id: int, found: Sequence[Repeat], *, now: datetime) -> None:
    Kept.objects.filter(batch_id=batch_id).delete()
    Kept.objects.bulk_create(
        Kept(
            batch_id=batch_id,
            other_id=one.batch_id,
            equal_rows=one.equal,
            equal_points=one.points,
            rows=one.rows,
            other_rows=one.other_rows,
            found_at=now,
        )
        for one in found
    )
