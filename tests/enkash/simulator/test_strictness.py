import json
import socket

import pytest

from tests.enkash.simulator.caller import ACCOUNT, row


def changed(**fields):
    """A good row with some fields changed; None leaves one out."""
    return {name: value for name, value in (row("R1") | fields).items() if value is not None}


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"loadAmount": "10"}, 400, "loadAmount is missing or not an integer"),
        ({"loadAmount": 10.0}, 400, "loadAmount is missing or not an integer"),
        ({"loadAmount": True}, 400, "loadAmount is missing or not an integer"),
        ({"loadAmount": None}, 400, "loadAmount is missing or not an integer"),
        ({"loadAmount": 0}, 422, "loadAmount must be greater than 0"),
        ({"loadAmount": -5}, 422, "loadAmount must be greater than 0"),
        ({"mobile": 9876543210}, 400, "mobile is not a string"),
        ({"mobile": "+919876543210"}, 422, "mobile must have exactly 10 digits"),
        ({"mobile": None}, 400, "mobile is required"),
        ({"name": " "}, 400, "name is required"),
        ({"email": "asha@example"}, 422, "email is not a valid e-mail address"),
        ({"email": ""}, 422, "email is not a valid e-mail address"),
        ({"title": "Dr"}, 422, "title must be Mr, Mrs or Ms"),
        ({"remarks": 5}, 400, "remarks is not a string"),
        ({"uniqueReferenceNumber": None}, 400, "uniqueReferenceNumber is required"),
        (
            {"uniqueReferenceNumber": "R 1"},
            422,
            "uniqueReferenceNumber must have 1 to 64 printable characters without spaces",
        ),
        ({"firstName": "Asha"}, 400, "Unrecognized field firstName"),
    ],
)
def test_row_with_a_wrong_field_refuses_the_whole_call(caller, sim, fields, status, text):
    answer = caller.bulk([row("R0"), changed(**fields)])
    assert answer.status_code == status
    assert answer.json() == {"response_code": 1, "response_message": text, "payload": text}
    assert sim.ledger.entries == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "The request body is not a JSON array of objects"),
        (b"{}", "The request body is not a JSON array of objects"),
        (b"[1]", "The request body is not a JSON array of objects"),
        (b"[{}] []", "The request body is not a JSON array of objects"),
        (b"[{},]", "The request body is not a JSON array of objects"),
        (b'[{"name":"a","name":"b"}]', "The request body is not a JSON array of objects"),
        (b'[{"loadAmount":NaN}]', "The request body is not a JSON array of objects"),
        (b"[\xff]", "The request body is not a JSON array of objects"),
        (b"[" * 100_000, "The request body is not a JSON array of objects"),
        (b" [ ] ", "The request body has no rows"),
    ],
)
def test_body_that_is_not_an_array_of_rows_is_refused(caller, body, text):
    answer = caller.bulk(body)
    assert (answer.status_code, answer.json()["response_message"]) == (400, text)


def test_more_rows_than_allowed_are_refused(caller, sim):
    sim.control.change(max_rows=2)
    answer = caller.bulk([row(f"R{index}") for index in range(3)])
    assert (answer.status_code, answer.json()["payload"]) == (422, "3 rows; at most 2 in one call")


@pytest.mark.parametrize(
    ("headers", "status", "text"),
    [
        ({"partnerId": None}, 400, "Required header partnerId is missing"),
        ({"partnerId": "CROTHER01"}, 422, "Card Account does not exist for this partner"),
        ({"Content-Type": "text/plain"}, 415, "Content-Type is text/plain; application/json expected"),
        ({"Content-Type": None}, 415, "Content-Type is missing; application/json expected"),
    ],
)
def test_wrong_header_is_refused(caller, headers, status, text):
    answer = caller.bulk([row("R1")], headers=caller.headers(**headers))
    assert (answer.status_code, answer.json()["response_message"]) == (status, text)


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ({"isPointsAllocation": "True"}, 400, "Parameter isPointsAllocation is 'True'; true or false expected"),
        (
            {"cardAccountId": "CANONE1"},
            404,
            "Card account not found for companyId: [CEKDEMO001] and cardAccountId: [CANONE1]",
        ),
    ],
)
def test_wrong_query_is_refused(caller, query, status, text):
    answer = caller.bulk([row("R1")], query=query)
    assert (answer.status_code, answer.json()["response_message"]) == (status, text)


def test_missing_query_is_refused(caller):
    answer = caller.post("bulk-create-allocate-points-json", [row("R1")], params=ACCOUNT)
    assert answer.json()["response_message"] == "Required parameter isPointsAllocation is missing"


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic Og==", "Token abc", "nonsense"])
def test_request_without_a_token_in_life_gets_invalid_token(caller, authorization):
    answer = caller.bulk([row("R1")], headers=caller.headers(Authorization=authorization))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_bulk_takes_the_token_without_a_scheme_and_other_calls_do_not(caller):
    bare = caller.headers(Authorization=caller.token)
    assert caller.bulk([row("R1")], headers=bare).status_code == 200
    assert caller.post("cardAccount/get", ACCOUNT, headers=bare).status_code == 401


@pytest.mark.parametrize("path", ["cardAccount/get", "transaction/all", "search", "create-allocate-points"])
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"[]", "The request body is not a JSON object"),
        (b"{} {}", "The request body is not a JSON object"),
        (json.dumps(ACCOUNT | {"extra": 1}).encode(), "Unrecognized field extra"),
        (b'{"companyId":"CEKDEMO001"}', "cardAccountId is required"),
    ],
)
def test_other_calls_refuse_a_wrong_body(caller, path, body, text):
    answer = caller.post(path, body)
    assert (answer.status_code, answer.json()["response_message"]) == (400, text)


def test_unknown_path_is_counted_and_not_found(caller, sim):
    assert caller.post("points/allocate", {}).status_code == 404
    assert sim.control.state()["unknown_paths"] == 1


def test_request_without_a_length_is_refused(caller):
    host, _, port = caller.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"POST /oauth/token HTTP/1.1\r\nHost: simulator\r\n\r\n")
        with connection.makefile("rb") as answer:
            lines = answer.read().split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 411 Length Required"
    assert b"Connection: close" in lines
