"""ETags: of one batch as it was, changed by whatever matters to those who read it."""

import pytest

from allocations.models import Acceptance, Batch, Row, TrailEntry
from allocations.services import accepting
from tests.at_once import together
from tests.factories.api import SOMEBODY, Program, check
from tests.factories.people import known, person

pytestmark = pytest.mark.django_db
ODD = SOMEBODY | {"amount": "1,000"}


def tag(program: Program, number: int) -> str:
    return program.get(f"/batches/{number}")["ETag"]


def accepted(program: Program, number: int, reason: str = "It is meant.", **headers: str):
    body = {"code": "amount_read_as", "rows": 1, "reason": reason}
    return program.post(f"/batches/{number}/accept", body, **headers)


@pytest.mark.parametrize("moment", ["9" * 18, "9" * 17, "0"])
def test_tag_of_no_time_is_another_content(program, account, moment) -> None:
    number = program.batch(account=account.pk)
    for path in ("submit", "leave-out-errors"):
        answer = program.post(f"/batches/{number}/{path}", {}, If_Match=f'"{number}.{moment}"')
        assert (answer.status_code, answer.json()["type"]) == (412, "urn:rewards-portal:changed")


def test_tag_of_another_batch_is_another_content(program, account) -> None:
    """Two that were changed in the same microsecond."""
    one, two = (program.batch(account=account.pk) for _ in range(2))
    Batch.objects.update(changed_at=Batch.objects.get(pk=one).changed_at)
    assert program.post(f"/batches/{two}/submit", {}, If_Match=tag(program, one)).status_code == 412


def test_reason_of_somebody_else_is_not_replaced_unread(program, account) -> None:
    number = program.batch(ODD, account=account.pk)
    before = tag(program, number)
    assert accepted(Program(person("admin")), number, "Theirs.").status_code == 200
    assert accepted(program, number, "Ours.", If_Match=before).status_code == 412
    assert Acceptance.objects.get().reason == "Theirs."
    assert accepted(program, number, "Ours.", If_Match=tag(program, number)).status_code == 200


def test_acceptance_that_is_taken_back_is_another_content(program, account) -> None:
    number = program.batch(ODD, account=account.pk)
    accepted(program, number)
    before = tag(program, number)
    accepting.take_back_acceptance(known(program.user), batch_id=number, acceptance_id=Acceptance.objects.get().pk)
    assert tag(program, number) != before


def test_question_of_the_list_that_is_confirmed_is_another_content(program, account) -> None:
    text = "Name,Mobile,Amount\nAndr\xe9,9812345671,100\n".encode("cp1252")
    number = program.post(f"/batches/upload?purpose=x&account={account.pk}", text, kind="text/csv").json()["id"]
    check(number)
    before = tag(program, number)
    program.post(f"/batches/{number}/confirm", {"code": "windows_1252"})
    assert tag(program, number) != before


def test_every_step_is_another_content(program, account) -> None:
    number = program.post("/batches", {"purpose": "x", "account": account.pk, "rows": [SOMEBODY]}).json()["id"]
    seen = [tag(program, number)]
    check(number)
    seen.append(tag(program, number))
    body = b'{"name":"Ravi","mobile":"9812345672","amount":7}\n'
    program.send("PUT", f"/batches/{number}/list", body, kind="application/x-ndjson")
    seen.append(tag(program, number))
    check(number)
    seen.append(tag(program, number))
    for path in ("submit", "withdraw", "rows/1/leave-out", "rows/1/take-back"):
        assert program.post(f"/batches/{number}/{path}", {}).status_code == 200
        seen.append(tag(program, number))
    assert len(set(seen)) == len(seen)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_", range(5))
def test_of_two_changes_at_once_that_read_the_same_one_wins(program, account, _) -> None:
    number = program.batch(account=account.pk)
    read = tag(program, number)

    def change(name: str):
        return program.send("PATCH", f"/batches/{number}/rows/1", {"name": name}, If_Match=read)

    answers = together(lambda: change("Ravi"), lambda: change("Asha R"))
    assert sorted(one.status_code for one in answers) == [200, 412]
    won = next(one for one in answers if one.status_code == 200)
    assert (won["ETag"], Row.objects.get().name in {"Ravi", "Asha R"}) == (tag(program, number), True)
    assert TrailEntry.objects.filter(event="cell mended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_key_at_once_makes_one_batch(program, account) -> None:
    body = {"purpose": "x", "account": account.pk, "rows": [SOMEBODY]}
    answers = together(*[lambda: program.post("/batches", body, key="k")] * 4)
    assert {one.status_code for one in answers} <= {202, 409}
    assert {one.json()["id"] for one in answers if one.status_code == 202} == {Batch.objects.get().pk}
