"""The same request twice is one, and a change meets what was read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from allocations.models import ApiCall, Batch
from allocations.services import api_calls, batches
from tests.factories.api import SOMEBODY, Program

pytestmark = pytest.mark.django_db


def new(account, **change):
    return {"purpose": "Diwali 2026", "account": account.pk, "rows": [SOMEBODY]} | change


def test_same_key_and_body_is_one_batch_and_one_answer(program, account) -> None:
    first, again = (program.post("/batches", new(account), key="k") for _ in range(2))
    assert (first.status_code, first.content, first["ETag"]) == (again.status_code, again.content, again["ETag"])
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"], Batch.objects.count()) == (None, "true", 1)


def test_same_key_with_another_body_is_refused(program, account) -> None:
    program.post("/batches", new(account), key="k")
    other = program.post("/batches", new(account, purpose="Holi"), key="k")
    elsewhere = program.post(f"/batches/{Batch.objects.get().pk}/withdraw", key="k")
    said = "This Idempotency-Key was sent with another request before. Use a new key for a new request."
    assert [(one.status_code, one.json()["detail"]) for one in (other, elsewhere)] == [(409, said)] * 2
    assert Batch.objects.count() == 1


def test_streams_are_compared_by_their_bytes(program, account) -> None:
    path, kind = f"/batches/upload?purpose=x&account={account.pk}", "application/x-ndjson"
    one, two = b'{"name":"A","mobile":"9812345671","amount":1}\n', b'{"name":"B","mobile":"9812345671","amount":1}\n'
    answers = [program.post(path, body, kind=kind, key="k").status_code for body in (one, one, two)]
    assert (answers, Batch.objects.count()) == ([202, 202, 409], 1)


def test_keys_belong_to_their_token(program, account) -> None:
    other = Program()
    numbers = {one.post("/batches", new(account), key="k").json()["id"] for one in (program, other)}
    assert len(numbers) == 2


def test_refused_request_may_be_sent_again_under_its_key(program, account) -> None:
    number = program.batch({"name": "x"}, account=account.pk)
    assert program.post(f"/batches/{number}/submit", {}, key="k").status_code == 422
    program.send("PATCH", f"/batches/{number}/rows/1", SOMEBODY)
    assert program.post(f"/batches/{number}/submit", {}, key="k").status_code == 200


@pytest.mark.parametrize("key", ["", "with space", "x" * 201, "ü"])
def test_key_has_to_be_one(program, account, key) -> None:
    answer = program.post("/batches", new(account), key=key)
    assert (answer.status_code, Batch.objects.count()) == (422, 0)
    assert {one["field"] for one in answer.json()["errors"]} == {"Idempotency-Key"}


def test_keys_are_forgotten_after_thirty_days(program, account) -> None:
    program.post("/batches", new(account), key="k")
    ApiCall.objects.update(began_at=timezone.now() - api_calls.KEPT + timedelta(minutes=1))
    api_calls.forget_old(now=timezone.now())
    assert ApiCall.objects.count() == 1
    api_calls.forget_old(now=timezone.now() + timedelta(minutes=2))
    assert ApiCall.objects.count() == 0


def test_stale_key_is_free_before_it_is_swept(program, account) -> None:
    program.post("/batches", new(account), key="k")
    ApiCall.objects.update(began_at=timezone.now() - api_calls.KEPT)
    other = program.post("/batches", new(account, purpose="Holi"), key="k")
    assert other.status_code == 202


def test_change_meets_what_was_read(program, account) -> None:
    number = program.batch(SOMEBODY, SOMEBODY | {"mobile": "9812345679"}, account=account.pk)
    tag = program.get(f"/batches/{number}")["ETag"]
    done = program.send("PATCH", f"/batches/{number}/rows/1", {"name": "Ravi"}, If_Match=tag)
    assert (done.status_code, done["ETag"] != tag) == (200, True)
    for method, path, body in (
        ("PATCH", "rows/1", {"name": "Asha"}),
        ("POST", "rows/1/leave-out", None),
        ("POST", "submit", {}),
    ):
        late = program.send(method, f"/batches/{number}/{path}", body, If_Match=tag)
        assert (late.status_code, late.json()["type"]) == (412, "urn:rewards-portal:changed")
    assert program.post(f"/batches/{number}/submit", {}, If_Match=done["ETag"]).status_code == 200
    assert program.post(f"/batches/{number}/withdraw", If_Match=done["ETag"]).status_code == 412


def test_tag_that_is_none_is_refused(program, account) -> None:
    number = program.batch(account=account.pk)
    for tag in ("abc", '"1', 'w/"1"', '"1", "2"'):
        assert program.post(f"/batches/{number}/submit", {}, If_Match=tag).status_code == 422


def test_tag_of_something_else_is_another_content(program, account) -> None:
    """As RFC 9110 has it: a weak tag meets nothing, as two contents may share it."""
    number = program.batch(account=account.pk)
    tag = program.get(f"/batches/{number}")["ETag"]
    for other in (f"W/{tag}", '"1"', '"abc"', '""'):
        answer = program.post(f"/batches/{number}/submit", {}, If_Match=other)
        assert (other, answer.status_code, answer.json()["type"]) == (other, 412, "urn:rewards-portal:changed")
    assert program.post(f"/batches/{number}/submit", {}, If_Match="*").status_code == 200


def test_change_that_fails_in_the_middle_frees_its_key(program, account, monkeypatch) -> None:
    monkeypatch.setattr(batches, "create_batch", lambda *_, **__: 1 / 0)
    assert program.post("/batches", new(account), key="k").status_code == 500
    assert ApiCall.objects.count() == 0
