"""Who may call what: strangers, tokens that are over, scopes, roles, and how often."""

import pytest
from django.test import Client

from allocations.api.portal import api
from allocations.domain.api_tokens import Scope
from allocations.models import ApiToken
from allocations.services.api_tokens import revoke_token
from tests.factories.api import BASE, Program, expired
from tests.factories.people import known, person

pytestmark = pytest.mark.django_db


def operations() -> list[tuple[str, str, str]]:
    """Method, path with 1 for every number, and scope, of everything that the API can do."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return [
        (
            method.upper(),
            path.replace("{batch_id}", "1").replace("{number}", "1").replace("{run_id}", "1"),
            said["x-scope"],
        )
        for path, methods in paths.items()
        for method, said in methods.items()
    ]


OPERATIONS = operations()
# What stays with people, in words that an address would have.
PEOPLE_ONLY = ("approv", "vote", "decision", "resolve", "revers", "freeze", "role", "policy", "resume", "token")


def test_there_are_operations() -> None:
    assert len(OPERATIONS) >= 18
    assert {scope for _, _, scope in OPERATIONS} == {scope.value for scope in Scope}


def test_nothing_here_is_for_people_to_decide() -> None:
    assert [path for _, path, _ in OPERATIONS if any(word in path for word in PEOPLE_ONLY)] == []


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS, ids=str)
def test_stranger_gets_no_further_than_the_door(method, path, scope) -> None:
    for headers in ({}, {"Authorization": "Bearer rpt_wrong"}, {"Authorization": "Basic eDp5"}):
        answer = getattr(Client(), method.lower())(f"{BASE}{path}", headers=headers)
        assert (answer.status_code, answer["WWW-Authenticate"], answer["Content-Type"]) == (
            401,
            "Bearer",
            "application/problem+json",
        )


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS, ids=str)
def test_every_operation_asks_for_its_scope(method, path, scope) -> None:
    others = [one for one in Scope if one.value != scope]
    answer = Program(person("admin", "auditor"), *others).send(method, path)
    assert (answer.status_code, f"has not the scope “{scope}”" in answer.json()["detail"]) == (403, True)


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS, ids=str)
def test_with_its_scope_it_gets_past_the_door(method, path, scope) -> None:
    answer = Program(person("admin", "auditor"), Scope(scope)).send(method, path)
    assert answer.status_code not in {401, 403}


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS, ids=str)
def test_auditors_change_nothing(method, path, scope, account) -> None:
    if method == "GET":
        return
    maker, auditor = Program(), Program(person("auditor"))
    batch = maker.batch(account=account.pk)
    body = {
        "/batches": {"purpose": "x", "account": account.pk, "rows": [{"name": "x"}]},
        "/batches/1/confirm": {"code": "encoding"},
        "/batches/1/reading": {"sheet": "x"},
        "/batches/1/columns": {"name": 0, "mobile": 1, "amount": 2},
        "/batches/1/accept": {"code": "x", "rows": 1, "reason": "x"},
        "/batches/1/submit": {},
        "/batches/1/rows/1": {"name": "x"},
    }.get(path, b"{}\n")
    kind = {} if path not in {"/batches/upload", "/batches/1/list"} else {"kind": "application/x-ndjson"}
    address = path.replace("/1", f"/{batch}", 1)
    if path == "/batches/upload":
        address += f"?purpose=x&account={account.pk}"
    before = maker.get(f"/batches/{batch}").json()
    answer = auditor.send(method, address, body, **kind)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:rewards-portal:not-allowed")
    assert maker.get(f"/batches/{batch}").json() == before


def test_token_that_is_over_opens_nothing() -> None:
    for end in (expired, lambda token: revoke_token(known(token.person), token_id=token.pk)):
        program = Program()
        assert program.get("/accounts").status_code == 200
        end(program.token)
        assert program.get("/accounts").status_code == 401


def test_person_who_is_gone_has_no_program() -> None:
    program = Program()
    program.user.is_active = False
    program.user.save()
    assert program.get("/accounts").status_code == 401


def test_program_has_only_what_its_person_still_may() -> None:
    program = Program()
    program.user.groups.clear()
    assert program.get("/accounts").status_code == 403


def test_approvers_program_is_no_approver() -> None:
    """Neither the role nor what it shows: a waiting batch is masked for them here."""
    approver = person("admin", "approver")
    program = Program(approver)
    approver.groups.remove(approver.groups.get(name="admin"))
    assert program.get("/accounts").status_code == 403


def test_too_many_calls_are_told_when_to_come_back(settings) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    program = Program()
    assert [program.get("/accounts").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = program.get("/accounts")
    assert 0 < int(answer["Retry-After"]) <= 61
    assert Program().get("/accounts").status_code == 200


def test_calls_count_anew_after_a_minute(settings) -> None:
    settings.API_CALLS_PER_MINUTE = 1
    program = Program()
    assert [program.get("/accounts").status_code for _ in range(2)] == [200, 429]
    token = ApiToken.objects.get(pk=program.token.pk)
    token.window_at -= token.window_at.resolution * 60_000_001
    token.save()
    assert program.get("/accounts").status_code == 200


def test_use_is_shown() -> None:
    program = Program()
    assert ApiToken.objects.get().last_used_at is None
    program.get("/accounts")
    assert ApiToken.objects.get().last_used_at is not None


def test_answers_are_kept_by_nobody() -> None:
    assert "no-store" in Program().get("/accounts")["Cache-Control"]
    assert "no-store" in Client().get(f"{BASE}/accounts")["Cache-Control"]


def test_head_is_answered_as_get_is(account) -> None:
    program = Program()
    number = program.batch(account=account.pk)
    head, read = program.send("HEAD", f"/batches/{number}"), program.get(f"/batches/{number}")
    assert (head.status_code, head["ETag"], head["Content-Length"], head.content) == (
        200,
        read["ETag"],
        read["Content-Length"],
        b"",
    )
    assert program.send("HEAD", f"/batches/{number}/submit").status_code == 405
    assert Client().head(f"{BASE}/batches").status_code == 401


def test_session_of_a_browser_is_no_token(client) -> None:
    """Else another site could have a signed-in person's browser call it."""
    client.force_login(person("admin"))
    assert client.get(f"{BASE}/accounts").status_code == 401
