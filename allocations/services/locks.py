"""Locks until the end of the caller's transaction, so that what is decided stays true until the commit."""

from datetime import datetime

from django.db import connection

from allocations.domain.errors import InvalidInput, StateConflict
from allocations.models import Batch

# Any number that nobody else locks.
_SUBMISSION = 4_021_107
_APPROVAL = 4_021_108
_PERSON_YEARS = 4_021_109


class ChangedMeanwhile(StateConflict):
    """Somebody changed it since the caller looked at it."""


def locked_batch(batch_id: int, *, unchanged_since: datetime | None = None) -> Batch:
    """The batch, locked until the end of the caller's transaction. Trail entries of it are still written meanwhile.

    `unchanged_since`: its `changed_at` as the caller saw it; None where they did not say. Raises ChangedMeanwhile.
    """
    batch = (
        Batch.objects.select_for_update(no_key=True, of=("self",)).select_related("account").filter(pk=batch_id).first()
    )
    if batch is None:
        raise InvalidInput(f"There is no batch {batch_id}.")
    if unchanged_since not in {None, batch.changed_at}:
        raise ChangedMeanwhile(f"Batch {batch_id} was changed since you read it. Read it again, then decide anew.")
    return batch


def one_submission_at_a_time() -> None:
    """Whoever comes second sees what the first has submitted. On SQLite there is one writer anyway."""
    _one_at_a_time(_SUBMISSION)


def one_approval_at_a_time() -> None:
    """The same of approvals and re-runs, whatever the account: taken last, so that none of them waits in a circle."""
    _one_at_a_time(_APPROVAL)


def one_person_count_at_a_time() -> None:
    """Who adds up what people got sees what the one before has added up."""
    _one_at_a_time(_PERSON_YEARS)


def _one_at_a_time(what: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [what])
