import json
from decimal import Decimal

import pytest

from allocations.enkash.auth import Token, TokenSource
from allocations.enkash.client import EnkashClient, build_client
from allocations.enkash.errors import LoginRefused, NotSent, OutcomeUnknown, Refused, UnknownKind
from allocations.enkash.messages import AccountDetails, Direction, SingleOrder
from tests.enkash.fake_transport import TOKEN, FakeTransport, config
from tests.enkash.memory_store import MemoryTokenStore
from tests.enkash.raw_server import answering, http, raw, serving

ACCOUNT = {"company_id": "CEKDEMO001", "card_account_id": "CADEMO1"}
ASKED = {"companyId": "CEKDEMO001", "cardAccountId": "CADEMO1"}
DETAILS = (
    '{"response_code":0,"payload":{"availableBalance":898138.25,"companyName":"Demo","primaryEnKashCard":{"a":1}}}'
)
EXPIRED = raw(401, '{"error":"invalid_token"}')
GIVEN = Token("GIVEN", 0.0)


def client(*answers, **changes):
    transport = FakeTransport(*answers)
    made = config(**changes)
    return transport, EnkashClient(made, transport=transport, tokens=TokenSource(made, transport, MemoryTokenStore()))


@pytest.mark.parametrize(("flag", "word"), [(True, "true"), (False, "false")])
def test_allocate_sends_the_bytes_once_with_the_given_token(flag, word):
    answer = raw(502, "<html>")
    transport, enkash = client(answer)
    assert enkash.allocate(b"[{}]", **ACCOUNT, is_points_allocation=flag, token=GIVEN) is answer
    (call,) = transport.calls
    assert call.url == "http://127.0.0.1:9/api/v0/partner/enKashCard/bulk-create-allocate-points-json"
    assert call.params == ASKED | {"isPointsAllocation": word}
    assert (call.body, call.deadline) == (b"[{}]", 120.0)
    assert call.headers == {
        "Authorization": "Bearer GIVEN",
        "partnerId": "CRDEMO001",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }


def test_allocate_does_not_log_in_after_a_401():
    transport, enkash = client(EXPIRED)
    assert enkash.allocate(b"[]", **ACCOUNT, is_points_allocation=True, token=GIVEN) is EXPIRED
    assert len(transport.calls) == 1


@pytest.mark.parametrize("encryption", ["requests", "both"])
def test_allocate_seals_the_body_and_leaves_the_query_clear(encryption):
    transport, enkash = client(raw(200, "{}"), encryption=encryption, encryption_key="demo-secret")
    enkash.allocate(b'{"a":1}', **ACCOUNT, is_points_allocation=True, token=GIVEN)
    (call,) = transport.calls
    assert json.loads(call.body) == {"request": "2PCMz7wALq35sL6Emp2SwA=="}
    assert call.params["companyId"] == "CEKDEMO001"


def test_auth_scheme_may_be_empty():
    transport, enkash = client(raw(200, "{}"), auth_scheme="")
    enkash.allocate(b"[]", **ACCOUNT, is_points_allocation=True, token=GIVEN)
    assert transport.calls[0].headers["Authorization"] == "GIVEN"


def test_allocate_single_posts_the_order():
    transport, enkash = client(raw(200, "{}"))
    enkash.allocate_single(SingleOrder(Direction.DEBIT, "CEKDEMO001", "CADEMO1", 5, "R1", card_id="EKC1"), token=GIVEN)
    (call,) = transport.calls
    assert (call.url[-23:], call.deadline) == ("/create-allocate-points", 120.0)
    assert json.loads(call.body)["type"] == "UNALLOCATE_POINT"


def test_account_details_are_read():
    transport, enkash = client(TOKEN, raw(200, DETAILS))
    expected = AccountDetails(Decimal("898138.25"), "Demo", True, "", "", None, None)
    assert enkash.account_details(**ACCOUNT) == expected
    call = transport.calls[1]
    assert (call.url[-16:], json.loads(call.body), call.deadline) == ("/cardAccount/get", ASKED, 20.0)


def test_reading_logs_in_once_more_after_a_401():
    """F35."""
    transport, enkash = client(TOKEN, EXPIRED, TOKEN, raw(200, DETAILS))
    assert enkash.account_details(**ACCOUNT).company_name == "Demo"
    assert [call.url.rsplit("/", 1)[1] for call in transport.calls] == ["token", "get", "token", "get"]


def test_reading_gives_up_after_the_second_401():
    """F35."""
    transport, enkash = client(TOKEN, EXPIRED, TOKEN, EXPIRED)
    with pytest.raises(Refused) as caught:
        enkash.account_details(**ACCOUNT)
    assert (caught.value.http_status, caught.value.message, len(transport.calls)) == (401, "invalid_token", 4)


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        (raw(422, '{"code":1,"message":"No"}'), 422, "No"),
        (raw(403, "{}"), 403, "HTTP 403"),
        (raw(429, '{"code":1,"message":"Slow down"}'), 429, "Slow down"),
        (
            raw(200, '{"response_code":1,"payload":"Insufficient balance in card account"}'),
            200,
            "Insufficient balance in card account",
        ),
    ],
)
def test_reading_raises_refused_for_a_definite_no(answer, status, message):
    _, enkash = client(TOKEN, answer, TOKEN if answer.status == 403 else answer, answer)
    with pytest.raises(Refused) as caught:
        enkash.account_details(**ACCOUNT)
    assert (caught.value.http_status, caught.value.message) == (status, message)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (raw(302, ""), UnknownKind.STATUS),
        (raw(503, "{}"), UnknownKind.STATUS),
        (raw(200, "<html>"), UnknownKind.UNREADABLE),
        (raw(200, '{"code":0,"payload":null}'), UnknownKind.UNREADABLE),
        (raw(200, '{"code":0,"payload":{"availableBalance":"much"}}'), UnknownKind.UNREADABLE),
    ],
)
def test_reading_raises_unknown_for_the_rest(answer, kind):
    _, enkash = client(TOKEN, answer)
    with pytest.raises(OutcomeUnknown) as caught:
        enkash.account_details(**ACCOUNT)
    assert (caught.value.kind, caught.value.http_status) == (kind, answer.status)


@pytest.mark.parametrize(("error", "first"), [(NotSent("Refused."), TOKEN), (LoginRefused("No."), None)])
def test_reading_passes_on_what_the_call_or_the_login_raises(error, first):
    _, enkash = client(*([first] if first else []), error)
    with pytest.raises(type(error)):
        enkash.account_details(**ACCOUNT)


def test_tokens_are_handed_out_and_dropped():
    transport, enkash = client(TOKEN)
    assert enkash.token(100).value == "T1"
    enkash.forget_token()
    enkash.token(100)
    assert len(transport.calls) == 2


def test_build_client_speaks_over_the_network():
    answers = (answering(http(200, TOKEN.body)), answering(http(200, DETAILS.encode())))
    with serving(*answers) as server:
        enkash = build_client(config(api_url=server.url, token_url=server.url), store=MemoryTokenStore())
        assert enkash.account_details(**ACCOUNT).available_balance == Decimal("898138.25")
    assert b"POST /oauth/token HTTP/1.1" in server.visits[0].request
