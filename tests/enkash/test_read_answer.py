"""The table "transport result -> class", row by row."""

import json

import pytest

from allocations.enkash.answer import AnswerKind as Kind
from allocations.enkash.envelope import seal
from allocations.enkash.read_answer import read_answer, retry_after
from tests.enkash.raw_server import raw

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT
REFUSAL = '{"code":1,"message":"Bin Type is not mapped on PlanMaster","payload":null}'
POOR = '{"response_code":1,"response_message":"Insufficient balance in card account"}'
LISTED = '{"code":1,"message":"Bin Type is not mapped on PlanMaster","payload":{"successBulkEnKashCardCreateDTOs":[]}}'
HTML = "<html>502</html>"
OTHER = '{"code":1,"message":"Something went wrong"}'


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, '{"code":0}', Kind.ROWS),
        (200, '{"response_code":"0"}', Kind.ROWS),
        (200, '{"code":0,"response_code":0}', Kind.ROWS),
        (200, '{"code":0,"response_code":1}', Kind.UNREADABLE),
        (200, '{"code":false}', Kind.UNREADABLE),
        (200, '{"code":0.5}', Kind.UNREADABLE),
        (200, '{"message":"Success"}', Kind.UNREADABLE),
        (200, "[]", Kind.UNREADABLE),
        (200, HTML, Kind.UNREADABLE),
        (200, "", Kind.UNREADABLE),
        (200, '{"error":"invalid_token"}', Kind.UNREADABLE),
        (200, POOR, Kind.INSUFFICIENT_BALANCE),
        (200, REFUSAL, Kind.REFUSED_WHOLE),
        (200, OTHER, Kind.UNREADABLE),
        (200, LISTED, Kind.UNREADABLE),
        (201, '{"code":0}', Kind.SERVER_ERROR),
        (204, "", Kind.SERVER_ERROR),
        *((status, OTHER, Kind.REFUSED_WHOLE) for status in (400, 404, 413, 415, 422)),
        *((status, POOR, Kind.INSUFFICIENT_BALANCE) for status in (400, 422)),
        *((status, HTML, Kind.UNREADABLE) for status in (400, 401, 403, 404, 413, 415, 422)),
        *((status, LISTED, Kind.UNREADABLE) for status in (400, 401, 403, 422, 429, 500)),
        (400, '{"code":0}', Kind.UNREADABLE),
        (400, '{"status":400,"error":"Bad Request"}', Kind.UNREADABLE),
        (400, '{"error":"invalid_token"}', Kind.UNAUTHORIZED),
        (401, '{"error":"invalid_token"}', Kind.UNAUTHORIZED),
        (401, "{}", Kind.UNAUTHORIZED),
        (403, OTHER, Kind.UNAUTHORIZED),
        (429, OTHER, Kind.THROTTLED),
        (429, "{}", Kind.SERVER_ERROR),
        (429, HTML, Kind.SERVER_ERROR),
        *((status, "", Kind.REDIRECTED) for status in (301, 302, 303, 307, 308)),
        *((status, OTHER, Kind.SERVER_ERROR) for status in (103, 402, 408, 409, 412, 425, 500, 502, 503, 504, 999)),
        (502, HTML, Kind.SERVER_ERROR),
    ],
)
def test_answer_has_the_class_of_the_table(status, body, kind):
    """F38."""
    assert read_answer(raw(status, body), now=NOW).kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "Company Id is required if it is an Enkash User",
        "Primary Enkash card is not present. So bulk upload cannot be done",
        "KYC is not uploaded or under review for the primary card. So bulk upload cannot be done",
        "Card Account does not exist for this partner",
        "Card account not found for companyId: [CEK1] and cardAccountId: [CA1]",
    ],
)
def test_documented_refusal_with_200_refuses_whole(text):
    assert read_answer(raw(200, json.dumps({"code": 1, "message": text})), now=NOW).kind is Kind.REFUSED_WHOLE


@pytest.mark.parametrize("body", ["{}", HTML])
def test_429_with_retry_after_is_throttled(body):
    reading = read_answer(raw(429, body, retry_after="7"), now=NOW)
    assert (reading.kind, reading.retry_after) == (Kind.THROTTLED, 7.0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("1000000000", 900.0),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60.0),
        ("Tue, 14 Nov 2023 22:14:20 -0000", 60.0),
        ("Tue, 14 Nov 2023 20:00:00 GMT", 0.0),
        ("Tue, 14 Nov 9999 20:00:00 GMT", 900.0),
        ("Tue, 14 Nov 0001 20:00:00 +1400", 0.0),
        ("Tue, 99 Nov 2023 22:14:20 GMT", None),
        ("-1", None),
        ("soon", None),
        ("\u0967", None),
        ("", None),
    ],
)
def test_retry_after_reads_both_forms(header, seconds):
    """F37."""
    assert retry_after({"retry-after": header}, now=NOW) == seconds


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"code":1,"message":"A","payload":"A"}', "A"),
        ('{"code":1,"message":"A","payload":"B"}', "A (B)"),
        ('{"code":1,"payload":"B"}', "B"),
        ('{"response_code":1,"response_message":"A"}', "A"),
        ('{"error":"invalid_token","error_description":"Expired"}', "Expired"),
    ],
)
def test_message_is_enkashs_own(body, message):
    assert read_answer(raw(401, body), now=NOW).message == message


def test_redirect_says_where_to():
    """F34."""
    reading = read_answer(raw(307, "", location="https://elsewhere.example/"), now=NOW)
    assert reading.message == "HTTP 307 to https://elsewhere.example/"


@pytest.mark.parametrize(
    ("content_type", "note"), [("text/html", "The content type is text/html."), ("", "The content type is missing.")]
)
def test_wrong_content_type_with_good_json_is_a_note(content_type, note):
    reading = read_answer(raw(200, '{"code":0}', content_type=content_type), now=NOW)
    assert (reading.kind, reading.notes) == (Kind.ROWS, (note,))


def test_sealed_answer_is_opened_with_the_key():
    reading = read_answer(raw(200, seal(b'{"code":0,"payload":"P"}', "k")), key="k", now=NOW)
    assert (reading.kind, reading.payload) == (Kind.ROWS, "P")


@pytest.mark.parametrize("key", ["", "another"])
def test_sealed_answer_without_its_key_is_unreadable(key):
    assert read_answer(raw(200, seal(b'{"code":0}', "k")), key=key, now=NOW).kind is Kind.UNREADABLE
