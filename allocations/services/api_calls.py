"""Changes that a program asks for under a key of its own: carried out once, and answered alike when it asks again.

The key is stored before the change, its answer with it, in one transaction. What was refused changed nothing, so its
key is free again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from allocations.domain.errors import StateConflict
from allocations.gateway import database_now
from allocations.models import ApiCall

KEPT = timedelta(days=30)
# A call that is not answered by then died, and has changed nothing. Whoever asks again carries it out.
SILENCE = timedelta(minutes=10)


class KeyReused(StateConflict):
    """The key belongs to another request."""


class StillRunning(StateConflict):
    """The same request is being carried out at this moment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """As it was given: HTTP status, and the body as JSON."""

    status: int
    body: str
    batch_id: int


def begin_call(*, token_id: int, key: str, sha256: str) -> ApiCall | Answer:
    """The call, to be carried out now, or the answer that it had. Raises KeyReused or StillRunning.

    `sha256`: of all that makes it this request.
    """
    now = database_now()
    own = ApiCall.objects.filter(token_id=token_id, key=key)
    own.filter(began_at__lte=now - KEPT).delete()
    try:
        with transaction.atomic():
            return ApiCall.objects.create(token_id=token_id, key=key, sha256=sha256, began_at=now)
    except IntegrityError:
        call = own.first()
    if call is None:
        raise StillRunning("This request was being carried out a moment ago. Send it again.")
    if call.sha256 != sha256:
        raise KeyReused("This Idempotency-Key was sent with another request before. Use a new key for a new request.")
    if call.status and call.batch_id:
        return Answer(call.status, call.answer, call.batch_id)
    if not own.filter(status=0, began_at__lte=now - SILENCE).update(began_at=now):
        raise StillRunning("This request is being carried out. Send it again in a while to get its answer.")
    return call


def keep_answer(call: ApiCall, answer: Answer) -> None:
    """In the transaction of the change. Raises StillRunning where another request has carried it out meanwhile."""
    own = ApiCall.objects.filter(pk=call.pk, status=0)
    if not own.update(status=answer.status, answer=answer.body, batch_id=answer.batch_id):
        raise StillRunning("The same request was sent again and answered meanwhile. Send it again to get its answer.")


def give_up(call: ApiCall) -> None:
    """It was refused."""
    ApiCall.objects.filter(pk=call.pk, status=0).delete()


def forget_old(*, now: datetime) -> None:
    ApiCall.objects.filter(began_at__lte=now - KEPT).delete()
