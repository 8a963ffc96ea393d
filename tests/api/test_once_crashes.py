"""Programs whose call dies in the middle: the change and its answer are kept together, or neither is."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.utils import timezone

from allocations.models import ApiCall, Batch, TrailEntry
from allocations.services import api_calls
from allocations.services.api_calls import begin_call, keep_answer
from tests.factories.api import SOMEBODY, Program

# submit and withdraw insist on a transaction of their own.
pytestmark = pytest.mark.django_db(transaction=True)
ODD = SOMEBODY | {"amount": "1,000", "mobile": "9812345679"}


Call = Callable[[], HttpResponse]
Prepare = Callable[[Program, int], Call]


def make(program: Program, account: int) -> Call:
    body = {"purpose": "x", "account": account, "rows": [SOMEBODY]}
    return lambda: program.post("/batches", body, key="k")


def stream(program: Program, account: int) -> Call:
    path = f"/batches/upload?purpose=x&account={account}"
    return lambda: program.post(path, b"{}\n", key="k", kind="application/x-ndjson")


def changing(path: str, body: object = None, *before: str) -> Prepare:
    def prepared(program: Program, account: int) -> Call:
        number = program.batch(SOMEBODY, ODD, {"name": "x"}, account=account)
        for earlier in before:
            assert program.post(earlier.format(number), {}).status_code == 200, earlier
        tag = program.get(f"/batches/{number}")["ETag"]
        return lambda: program.post(path.format(number), body, key="k", If_Match=tag)

    return prepared


_READY = ("/batches/{0}/leave-out-errors", "/batches/{0}/rows/2/leave-out")
OPERATIONS: dict[str, Prepare] = {
    "make": make,
    "stream": stream,
    "leave out": changing("/batches/{0}/rows/2/leave-out"),
    "take back": changing("/batches/{0}/rows/3/take-back", None, _READY[0]),
    "leave out errors": changing("/batches/{0}/leave-out-errors"),
    "accept": changing("/batches/{0}/accept", {"code": "amount_read_as", "rows": 1, "reason": "It is meant."}),
    "submit": changing("/batches/{0}/submit", {}, *_READY),
    "withdraw": changing("/batches/{0}/withdraw", None, *_READY, "/batches/{0}/submit"),
}


def everything() -> tuple[list[dict[str, object]], int]:
    fields = ("pk", "state", "version", "left_out_count", "digest")
    return list(Batch.objects.order_by("pk").values(*fields)), TrailEntry.objects.count()


def dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(params=OPERATIONS)
def call(request, program, account) -> Call:
    return OPERATIONS[request.param](program, account.pk)


def test_who_dies_before_the_commit_has_changed_nothing(call: Call, monkeypatch) -> None:
    before = everything()
    with monkeypatch.context() as patched:
        patched.setattr("allocations.api.once.keep_answer", dies)
        with pytest.raises(KeyboardInterrupt):
            call()
    assert everything() == before
    soon = call()
    assert (soon.status_code, "is being carried out" in soon.json()["detail"]) == (409, True)
    ApiCall.objects.filter(status=0).update(began_at=timezone.now() - api_calls.SILENCE)
    later = call()
    assert (later.status_code in {200, 202}, later.get("Idempotent-Replayed")) == (True, None), later.content
    assert everything() != before


def test_who_dies_after_the_commit_is_answered_at_once(call: Call, monkeypatch) -> None:
    """Also where the tag that came with it names a batch which it changed itself."""
    with monkeypatch.context() as patched:
        patched.setattr("allocations.api.once._answered", dies)
        with pytest.raises(KeyboardInterrupt):
            call()
    after = everything()
    again = call()
    assert (again.status_code in {200, 202}, again.get("Idempotent-Replayed")) == (True, "true"), again.content
    assert everything() == after


def test_answer_of_who_came_first_stays(program) -> None:
    """Two carry out the same request, for the first was thought dead."""
    calls = [begin_call(token_id=program.token.pk, key="k", sha256="x")]
    ApiCall.objects.update(began_at=timezone.now() - api_calls.SILENCE)
    calls.append(begin_call(token_id=program.token.pk, key="k", sha256="x"))
    keep_answer(calls[1], api_calls.Answer(200, "{}", None))
    with pytest.raises(api_calls.StillRunning):
        keep_answer(calls[0], api_calls.Answer(200, "[]", None))
    assert ApiCall.objects.get().answer == "{}"
