"""From a list to its submission by a program, and no further."""

import pytest

from allocations.domain.errors import NotAllowed
from allocations.domain.manifest import short_code
from allocations.models import Batch
from allocations.services.approval import approve_batch
from tests.factories.api import SOMEBODY, Program, check
from tests.factories.people import known, person

pytestmark = pytest.mark.django_db
TWICE = [SOMEBODY, SOMEBODY | {"name": "Asha R"}]


def test_batch_is_submitted_and_withdrawn(program, account) -> None:
    number = program.batch(account=account.pk)
    done = program.post(f"/batches/{number}/submit", {})
    batch = Batch.objects.get(pk=number)
    assert (done.status_code, done.json()["state"], done.json()["digest"]) == (200, "submitted", batch.digest)
    assert (done.json()["short_code"], done.json()["version"]) == (short_code(batch.digest), 1)
    assert program.post(f"/batches/{number}/withdraw").json()["state"] == "review"


def test_person_of_the_token_cannot_approve_what_it_made(account) -> None:
    both = person("admin", "approver")
    program = Program(both)
    number = program.batch(account=account.pk)
    digest = program.post(f"/batches/{number}/submit", {}).json()["digest"]
    with pytest.raises(NotAllowed, match="You made or changed this batch"):
        approve_batch(known(both), batch_id=number, digest=digest, version=1)
    assert Batch.objects.get(pk=number).state == "submitted"


def test_errors_keep_it_from_submission(program, account) -> None:
    number = program.batch(SOMEBODY, {"name": "x"}, account=account.pk)
    refused = program.post(f"/batches/{number}/submit", {})
    assert (refused.status_code, refused.json()["detail"][:17]) == (422, "1 row has errors.")


def test_warnings_are_accepted_with_a_reason(program, account) -> None:
    number = program.batch(SOMEBODY | {"amount": "1,000"}, account=account.pk)
    (cause,) = program.get(f"/batches/{number}").json()["causes"]
    assert (cause["severity"], cause["accepted"]) == ("warning", False)
    assert "not accepted yet" in program.post(f"/batches/{number}/submit", {}).json()["detail"]
    given = {"code": cause["code"], "rows": cause["rows"], "reason": "A thousand is meant."}
    assert program.post(f"/batches/{number}/accept", given | {"rows": 2}).status_code == 409
    assert program.post(f"/batches/{number}/accept", given).status_code == 200
    assert program.get(f"/batches/{number}").json()["causes"][0]["accepted"] is True
    assert program.post(f"/batches/{number}/submit", {}).status_code == 200


def test_repeat_needs_its_batch_and_a_reason(program, account) -> None:
    first = program.batch(SOMEBODY, account=account.pk)
    program.post(f"/batches/{first}/submit", {})
    second = program.batch(SOMEBODY, SOMEBODY | {"mobile": "9812345679"}, account=account.pk)
    refused = program.post(f"/batches/{second}/submit", {})
    assert (refused.status_code, f"equal batch {first}" in refused.json()["detail"]) == (409, True)
    done = program.post(f"/batches/{second}/submit", {"repeats": [first], "repeat_reason": "A second gift."})
    assert (done.status_code, done.json()["state"]) == (200, "submitted")


def test_start_is_a_time_with_its_zone(program, account) -> None:
    number = program.batch(account=account.pk)
    assert program.post(f"/batches/{number}/submit", {"start_at": "2036-01-01T10:00:00"}).status_code == 422
    done = program.post(f"/batches/{number}/submit", {"start_at": "2026-11-30T10:00:00+05:30"})
    assert done.status_code in {200, 422}, done.content


def test_question_about_the_file_is_confirmed(program, account) -> None:
    text = "Name,Mobile,Amount\nAndr\xe9,9812345671,100\n".encode("cp1252")
    made = program.post(f"/batches/upload?purpose=x&account={account.pk}", text, kind="text/csv")
    number = made.json()["id"]
    check(number)
    (asked,) = program.get(f"/batches/{number}").json()["upload"]["questions"]
    assert program.post(f"/batches/{number}/confirm", {"code": asked["code"]}).status_code == 200
    (asked,) = program.get(f"/batches/{number}").json()["upload"]["questions"]
    assert asked["confirmed"] is True
