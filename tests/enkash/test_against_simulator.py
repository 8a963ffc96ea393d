"""The client and the simulator share no code: where they agree, the documents were read alike twice."""

import json
import time

import pytest

from allocations.enkash.client import build_client
from allocations.enkash.config import EnkashConfig
from allocations.enkash.errors import LoginRefused, NotSent, OutcomeUnknown, Refused
from allocations.enkash.messages import AnswerKind as Kind
from allocations.enkash.messages import Direction, SingleOrder, read_bulk_answer, read_single_answer
from allocations.enkash.simulator import demo
from allocations.enkash.simulator.server import Simulator
from tests.enkash.memory_store import MemoryTokenStore

ACCOUNT = {"company_id": demo.COMPANY_ID, "card_account_id": demo.CARD_ACCOUNT_ID}
ROWS = [
    {"name": f"Demo {number}", "mobile": f"900000000{number}", "loadAmount": 10, "uniqueReferenceNumber": f"R{number}"}
    for number in range(3)
]


@pytest.fixture
def simulator():
    with Simulator(profile="clean") as running:
        yield running


def connect(simulator, **changes):
    given = {
        "partner_id": demo.PARTNER_ID,
        "username": demo.USERNAME,
        "password": demo.PASSWORD,
        "client_id": demo.CLIENT_ID,
        "client_secret": demo.CLIENT_SECRET,
        "body_cap": 2**20,
        "deadline": 30.0,
    }
    config = EnkashConfig(api_url=simulator.url, token_url=simulator.url, **(given | changes))
    return build_client(config, store=MemoryTokenStore())


def allocate(enkash, *, rows=ROWS, key=""):
    raw = enkash.allocate(json.dumps(rows).encode(), **ACCOUNT, is_points_allocation=True, token=enkash.token(60))
    return read_bulk_answer(raw, key=key, now=time.time())


def test_rows_are_credited_looked_up_and_taken_back(simulator):
    enkash = connect(simulator)
    assert [line.amount for line in allocate(enkash).report.credits] == [10, 10, 10]
    found = enkash.find_transactions(["R0", "R1", "missing"], **ACCOUNT)
    assert [(entry.reference, entry.settled, entry.kind) for entry in found] == [("R0", True, "CR"), ("R1", True, "CR")]
    order = SingleOrder(Direction.DEBIT, demo.COMPANY_ID, demo.CARD_ACCOUNT_ID, 4, "V0", card_id=found[0].card_id)
    answer = read_single_answer(enkash.allocate_single(order, token=enkash.token(60)), reference="V0", now=0)
    assert (answer.kind, answer.user_balance, answer.notes) == (Kind.ROWS, 6, ())
    assert enkash.account_details(**ACCOUNT).available_balance == demo.BALANCE - 26


def test_repeated_rows_fail_with_the_documented_text(simulator):
    enkash = connect(simulator)
    allocate(enkash)
    report = allocate(enkash).report
    assert (report.credits, report.failure_count) == ((), 3)
    assert {line.reason for line in report.failures} == {
        "The transaction associated with the given Unique reference Number already exists"
    }


@pytest.mark.parametrize("encryption", ["requests", "both"])
def test_sealed_calls_are_understood(encryption):
    with Simulator(profile="clean", encryption=encryption) as running:
        enkash = connect(running, encryption=encryption, encryption_key=demo.ENCRYPTION_KEY)
        assert len(allocate(enkash, key=demo.ENCRYPTION_KEY).report.credits) == 3
        assert enkash.account_details(**ACCOUNT).available_balance == demo.BALANCE - 30


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "error_after", "status": 502, "page": True}, Kind.SERVER_ERROR),
        ({"kind": "error_half", "status": 500}, Kind.SERVER_ERROR),
        ({"kind": "html_200"}, Kind.UNREADABLE),
        ({"kind": "empty_200"}, Kind.UNREADABLE),
        ({"kind": "redirect", "code": 308}, Kind.REDIRECTED),
        ({"kind": "unauthorized"}, Kind.UNAUTHORIZED),
        ({"kind": "forbidden"}, Kind.UNAUTHORIZED),
        ({"kind": "forbidden", "page": True}, Kind.UNREADABLE),
        ({"kind": "throttle", "retry_after": "date"}, Kind.THROTTLED),
        ({"kind": "throttle", "retry_after": "missing", "page": True}, Kind.SERVER_ERROR),
        ({"kind": "whole_refusal"}, Kind.REFUSED_WHOLE),
        ({"kind": "whole_refusal", "status": 404, "page": True}, Kind.UNREADABLE),
        ({"kind": "insufficient_whole"}, Kind.INSUFFICIENT_BALANCE),
        ({"kind": "truncate", "framing": "close"}, Kind.UNREADABLE),
        ({"kind": "duplicate_keys"}, Kind.UNREADABLE),
        ({"kind": "nan"}, Kind.UNREADABLE),
        ({"kind": "nan", "value": "Infinity"}, Kind.UNREADABLE),
        ({"kind": "huge_number"}, Kind.UNREADABLE),
        ({"kind": "deep_nesting", "depth": 100_000}, Kind.UNREADABLE),
        ({"kind": "invalid_utf8"}, Kind.UNREADABLE),
        ({"kind": "lone_surrogate"}, Kind.UNREADABLE),
        ({"kind": "response_envelope", "form": "no_code"}, Kind.UNREADABLE),
    ],
    ids=lambda value: " ".join(map(str, value.values())) if isinstance(value, dict) else str(value),
)
def test_fault_has_its_class_and_proves_nothing(simulator, fault, kind):
    simulator.faults.push(endpoint="bulk", **fault)
    answer = allocate(connect(simulator))
    assert (answer.kind, answer.report) == (kind, None)


@pytest.mark.parametrize(
    ("fault", "credited", "notes"),
    [
        ({"kind": "wrong_content_type"}, 3, ("The content type is text/plain.",)),
        ({"kind": "bom"}, 3, ("The body starts with a byte order mark.",)),
        ({"kind": "valid_prefix"}, 3, ("failurebulkenkashcardcreatedtos is missing.",)),
        ({"kind": "row_in_neither"}, 2, ()),
        ({"kind": "double_success"}, 4, ()),
        ({"kind": "insufficient_mid"}, 1, ()),
        *(({"kind": "response_envelope", "form": form}, 3, ()) for form in ("response", "code", "text_code", "upper")),
        *(({"kind": "mobile_format", "form": form}, 3, ()) for form in ("plus91", "number", "masked")),
    ],
)
def test_odd_answer_keeps_its_lines(simulator, fault, credited, notes):
    simulator.faults.push(endpoint="bulk", **fault)
    answer = allocate(connect(simulator))
    assert (answer.kind, len(answer.report.credits), answer.notes) == (Kind.ROWS, credited, notes)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"kind": "drop_before"}, "reset"),
        ({"kind": "drop_after"}, "reset"),
        ({"kind": "hang", "seconds": 60.0}, "deadline"),
        ({"kind": "slow_loris", "pause": 0.2}, "deadline"),
        ({"kind": "truncate", "framing": "length"}, "partial"),
        ({"kind": "truncate", "framing": "chunked"}, "partial"),
        ({"kind": "huge_body", "size": 50 * 2**20}, "too_large"),
        ({"kind": "gzip_bomb", "size": 50 * 2**20}, "too_large"),
    ],
)
def test_lost_answer_is_unknown(simulator, fault, why):
    simulator.faults.push(endpoint="bulk", **fault)
    enkash = connect(simulator, deadline=1.0 if why == "deadline" else 30.0)
    with pytest.raises(OutcomeUnknown) as caught:
        allocate(enkash)
    assert caught.value.kind == why


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "token_500", "endpoint": "token"}, OutcomeUnknown),
        ({"kind": "token_without_token", "endpoint": "token"}, LoginRefused),
        ({"kind": "token_expires_in", "endpoint": "token", "value": -1}, LoginRefused),
        ({"kind": "balance_down"}, OutcomeUnknown),
        ({"kind": "whole_refusal", "endpoint": "account"}, Refused),
    ],
)
def test_reading_fault_raises(simulator, fault, error):
    simulator.faults.push(**fault)
    with pytest.raises(error):
        connect(simulator).account_details(**ACCOUNT)


def test_expired_token_is_renewed_once_for_reading(simulator):
    simulator.faults.push(endpoint="account", kind="unauthorized")
    assert connect(simulator).account_details(**ACCOUNT).company_name == demo.COMPANY_NAME


@pytest.mark.parametrize("fault", ["lookup_down", "lookup_wrong_shape"])
def test_lookup_fault_is_unknown(simulator, fault):
    """F48."""
    simulator.faults.push(kind=fault)
    with pytest.raises(OutcomeUnknown):
        connect(simulator).find_transactions(["R0"], **ACCOUNT)


def test_wrong_password_is_tried_twice_and_does_not_lock(simulator):
    enkash = connect(simulator, password="wrong")
    for _ in range(4):
        with pytest.raises(Refused):
            enkash.token(60)
    assert connect(simulator).token(60).value


def test_stopped_simulator_is_not_sent():
    with Simulator(profile="clean") as running:
        enkash = connect(running)
    with pytest.raises(NotSent):
        enkash.token(60)
