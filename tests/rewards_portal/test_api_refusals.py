"""What is refused under the API's addresses before it is a call of the API."""

import time

import pytest
from django.test import Client

from tests.factories.api import NDJSON, Program
from tests.factories.lists import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "path", "environ", "status"),
    [
        ("GET", "/api/v1/", {}, 404),
        ("GET", "/api/v1/nothing", {}, 404),
        ("GET", "/api/v2/batches", {}, 404),
        ("GET", "/api/v1//batches", {}, 404),
        ("GET", "/api/v1/batches/", {}, 404),
        ("DELETE", "/api/v1/batches", {}, 405),
        ("OPTIONS", "/api/v1/batches", {}, 405),
        ("GET", "/api/v1/batches", {"HTTP_HOST": "evil.example"}, 400),
        ("POST", "/api/v1/batches", {"CONTENT_LENGTH": str(1 << 40)}, 413),
        ("POST", "/api/v1/batches", {"CONTENT_LENGTH": "-1"}, 413),
        ("POST", "/api/v1/batches", {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, 411),
    ],
)
def test_refusal_is_a_problem(method, path, environ, status) -> None:
    answer = Client().generic(method, path, **environ)
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"], told["status"]) == (status, "application/problem+json", status)
    assert (told["request_id"], answer["Content-Length"]) == (answer["X-Request-Id"], str(len(answer.content)))
    assert ("no-store" in answer["Cache-Control"], told["detail"] != "") == (True, True)
    if status == 405:
        assert "GET" in answer["Allow"]


def test_pages_have_theirs() -> None:
    for path in ("/nothing", "/api/nothing"):
        assert Client().get(path)["Content-Type"].startswith("text/html")


def test_refusals_of_the_api_itself_stay() -> None:
    assert Client().get("/api/v1/batches").json()["type"] == "urn:rewards-portal:unknown-token"


def test_forms_are_no_way_in() -> None:
    """Nor is what the forms' own limits refuse another answer."""
    many = "&".join(f"a{at}=b" for at in range(2_000)).encode()
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        for body in (b"a=b", many, many * 600):
            answer = Program().send("POST", "/batches", body, kind=kind)
            assert answer.status_code in {400, 413}
            assert answer["Content-Type"] == "application/problem+json"


def test_packed_body_is_refused_in_words() -> None:
    account, program = AccountFactory(), Program()
    for path, kind in ((f"/batches/upload?purpose=x&account={account.pk}", NDJSON), ("/batches", "application/json")):
        answer = program.send("POST", path, b"\x1f\x8b", kind=kind, Content_Encoding="gzip")
        assert (answer.status_code, "Content-Encoding: gzip" in answer.json()["detail"]) == (400, True)


def test_name_that_stands_twice_is_refused() -> None:
    """Of two amounts nobody knows which was meant."""
    account, program = AccountFactory(), Program()
    row = b'{"name": "Asha", "mobile": "9812345671", "amount": 5, "amount": 5000}'
    for body in (b'"rows": [%b]' % row, b'"purpose": "y", "rows": []'):
        answer = program.send("POST", "/batches", b'{"purpose": "x", "account": %d, %b}' % (account.pk, body))
        assert (answer.status_code, "twice in one object" in answer.json()["detail"]) == (400, True)


@pytest.mark.parametrize("names", [lambda at: at, lambda at: min(at, 50_000)])
@pytest.mark.parametrize("form", [b"{%b}", b'{"purpose": "x", "account": 1, "rows": [{%b}]}'])
def test_body_of_nothing_but_odd_names_is_refused_soon(names, form) -> None:
    """Each would be an error of its own: some hundred megabytes of them. And comparing all with all takes hours."""
    body = form % b",".join(b'"%d":1' % names(at) for at in range(100_000))
    began = time.monotonic()
    answer = Program().send("POST", "/batches", body)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:rewards-portal:bad-request")
    assert time.monotonic() - began < 5


def test_largest_list_of_json_is_taken() -> None:
    row = dict.fromkeys(("title", "name", "email", "mobile", "amount", "remarks", "client_reference"), "")
    body = {"purpose": "x", "account": AccountFactory().pk, "rows": [row] * 10_000}
    assert Program().send("POST", "/batches", body).status_code == 202
