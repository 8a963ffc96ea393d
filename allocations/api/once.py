"""Idempotency keys and conditional changes: a request that is sent twice is one, and a change meets what was read."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from allocations.api.documents import Met, Once, OnceMet
from allocations.api.door import Call
from allocations.api.shapes import BatchOut, batch_out
from allocations.models import Batch
from allocations.services.api_calls import Answer, begin_call, give_up, keep_answer
from allocations.services.locks import locked_batch

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPACE = UUID("6f6cf6a2-3f0b-4b51-9f38-6f0f2a4c6f1d")
# What no batch was changed at: the tag of something else.
_NEVER = _EPOCH
# As tag_of makes it, and not weak. Seventeen digits of microseconds end in the year 5138, beyond which days end.
_TAG = re.compile(r'"(?P<number>[0-9]{1,19})\.(?P<moment>[0-9]{1,17})"')
Keep = Callable[[Batch], None]


def once(
    request: Call, change: Callable[[UUID, Keep], object], *, sent: Once, status: int = 200, body: str | None = None
) -> HttpResponse:
    """Carries `change` out unless it was under this key, and answers with the batch.

    `change` gets a name for whatever it makes, the same one for the same key, and calls `Keep` with the changed batch
    in its own transaction: the answer is kept with the change or neither is. `body`: SHA-256 of a body that is read
    already.
    """
    token, key = request.auth.token, sent.idempotency_key
    begun = begin_call(token_id=token.pk, key=key, sha256=_fingerprint(request, body))
    if isinstance(begun, Answer):
        return _answered(begun, repeated=True)
    given: list[Answer] = []

    def keep(batch: Batch) -> None:
        given.append(Answer(status, batch_out(batch).model_dump_json(), batch.pk))
        keep_answer(begun, given[-1])

    try:
        change(uuid5(_SPACE, f"{token.pk} {key}"), keep)
    except Exception:
        # Where it was carried out all the same, its answer was kept, and stays.
        give_up(begun)
        raise
    return _answered(given[-1])


def once_changed(request: Call, batch_id: int, change: Callable[[], object], *, sent: OnceMet) -> HttpResponse:
    """As `once`, of a batch that is as the caller read it."""

    def changed_batch(_name: UUID, keep: Keep) -> None:
        with changing(batch_id, sent):
            change()
            keep(Batch.objects.get(pk=batch_id))

    return once(request, changed_batch, sent=sent)


@contextmanager
def changing(batch_id: int, sent: Met) -> Iterator[None]:
    """A transaction in which the batch is as the caller read it. Raises ChangedMeanwhile."""
    get_object_or_404(Batch, pk=batch_id)
    with transaction.atomic():
        locked_batch(batch_id, unchanged_since=as_read(batch_id, sent))
        yield


def changed(batch_id: int) -> HttpResponse:
    """The answer to a change that may be sent again as it is."""
    return _answered(Answer(200, batch_out(Batch.objects.get(pk=batch_id)).model_dump_json(), batch_id))


def tag_of(batch: BatchOut) -> str:
    return f'"{batch.id}.{(batch.changed_at - _EPOCH) // timedelta(microseconds=1)}"'


def as_read(batch_id: int, sent: Met) -> datetime | None:
    """When the batch was changed last, as the caller read it; None where they did not say."""
    if sent.if_match in {"", "*"}:
        return None
    ours = _TAG.fullmatch(sent.if_match)
    if ours is None or int(ours["number"]) != batch_id:
        return _NEVER
    return _EPOCH + timedelta(microseconds=int(ours["moment"]))


def _fingerprint(request: Call, body: str | None) -> str:
    read = body or hashlib.sha256(request.body).hexdigest()
    return hashlib.sha256(f"{request.method} {request.get_full_path()} {read}".encode()).hexdigest()


def _answered(answer: Answer, *, repeated: bool = False) -> HttpResponse:
    headers = {"ETag": tag_of(BatchOut.model_validate_json(answer.body))}
    if answer.status == 202:
        headers["Location"] = f"/api/v1/batches/{answer.batch_id}"
    if repeated:
        headers["Idempotent-Replayed"] = "true"
    return HttpResponse(answer.body, status=answer.status, content_type="application/json", headers=headers)
