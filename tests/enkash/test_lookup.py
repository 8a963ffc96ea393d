import json
from decimal import Decimal

import pytest

from allocations.enkash.auth import TokenSource
from allocations.enkash.client import EnkashClient
from allocations.enkash.errors import OutcomeUnknown
from allocations.enkash.lookup import REFERENCES_PER_CALL
from allocations.enkash.messages import Transaction
from allocations.enkash.paging import MOST_PAGES
from tests.enkash.fake_transport import TOKEN, FakeTransport, config
from tests.enkash.memory_store import MemoryTokenStore
from tests.enkash.raw_server import raw

ENTRY = {
    "enKashCardTransactionId": "ECT1",
    "enkashCardId": "EKC1",
    "userId": "EK1",
    "mobile": "9000000001",
    "principalAmount": 10,
    "balance": 110.5,
    "pgReferenceNumber": "R1",
    "cardTransactionType": "CR",
    "status": "success",
}


def page(payload):
    return raw(200, json.dumps({"code": 0, "payload": payload}))


def find(*answers, references=("R1",), card_id="", **changes):
    transport = FakeTransport(TOKEN, *answers)
    made = config(**changes)
    enkash = EnkashClient(made, transport=transport, tokens=TokenSource(made, transport, MemoryTokenStore()))
    found = enkash.find_transactions(references, company_id="CEKDEMO001", card_account_id="CADEMO1", card_id=card_id)
    return found, transport.calls[1:]


@pytest.mark.parametrize("payload", [ENTRY, [ENTRY], {"recordsCount": 1, "data": [ENTRY]}, {"data": [ENTRY]}])
def test_transaction_is_read_from_every_shape(payload):
    found, calls = find(page(payload))
    assert found == (
        Transaction("R1", "ECT1", Decimal(10), "EKC1", "EK1", "9000000001", "SUCCESS", True, "CR", Decimal("110.5")),
    )
    assert json.loads(calls[0].body) == {
        "companyId": "CEKDEMO001",
        "cardAccountId": "CADEMO1",
        "pgReferenceNumbers": ["R1"],
    }


@pytest.mark.parametrize("payload", [None, [], {}, {"data": []}, {"data": None, "recordsCount": 0}])
def test_nothing_found_is_an_empty_answer(payload):
    assert find(page(payload))[0] == ()


@pytest.mark.parametrize("payload", ["none", 1, [1], {"data": "none"}, {"data": [None]}])
def test_another_shape_is_unknown(payload):
    with pytest.raises(OutcomeUnknown):
        find(page(payload))


@pytest.mark.parametrize(
    ("status", "settled"),
    [("SUCCESS", True), ("Completed", True), ("FAILED", False), ("declined", False), ("CREATED", None), ("", None)],
)
def test_status_decides_only_what_the_tables_say(status, settled):
    (transaction,), _ = find(page(ENTRY | {"status": status}))
    assert transaction.settled is settled


def test_status_tables_come_from_the_configuration():
    (transaction,), _ = find(page(ENTRY | {"status": "Loaded"}), settled_statuses=frozenset({"LOADED"}))
    assert transaction.settled is True


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"cardTransactionType": "dr"}, "DR"),
        ({"cardTransactionType": "", "transactionType": "CR"}, "CR"),
        ({"cardTransactionType": "X", "type": "UNALLOCATE_POINT"}, "DR"),
        ({"cardTransactionType": None, "type": "ALLOCATE_POINT"}, "CR"),
        ({"cardTransactionType": None, "type": "SALE"}, ""),
    ],
)
def test_kind_is_credit_or_debit_or_not_said(fields, kind):
    (transaction,), _ = find(page(ENTRY | fields))
    assert transaction.kind == kind


def test_entries_of_other_references_are_left_out():
    found, _ = find(page([ENTRY, ENTRY | {"pgReferenceNumber": "R2"}, {"status": "SUCCESS"}]))
    assert [transaction.reference for transaction in found] == ["R1"]


@pytest.mark.parametrize("shown", ["r1", " R1 ", "r1\t"])
def test_a_reference_in_another_case_or_with_spaces_is_ours(shown):
    (transaction,), _ = find(page([ENTRY | {"pgReferenceNumber": shown}, ENTRY | {"pgReferenceNumber": "r12"}]))
    assert transaction.reference.upper() == "R1"


def test_pages_are_read_until_the_count_is_reached():
    first, second = ENTRY, ENTRY | {"cardTransactionType": "DR", "enKashCardTransactionId": "ECT2"}
    found, calls = find(*(page({"recordsCount": 2, "data": [entry]}) for entry in (first, second)))
    assert [transaction.transaction_id for transaction in found] == ["ECT1", "ECT2"]
    assert [call.params["offset"] for call in calls] == ["0", "1"]


def test_server_that_ignores_paging_is_asked_once_more():
    found, calls = find(page([ENTRY]))
    assert (len(found), len(calls)) == (1, 2)


def test_lookup_without_end_is_unknown():
    pages = (page([ENTRY | {"balance": number}]) for number in range(MOST_PAGES + 1))
    with pytest.raises(OutcomeUnknown):
        find(*pages)


def test_many_references_are_asked_for_in_parts_and_each_once():
    references = [f"R{number}" for number in range(REFERENCES_PER_CALL + 1)]
    _, calls = find(page([]), references=[*references, "R0"])
    asked = [json.loads(call.body)["pgReferenceNumbers"] for call in calls]
    assert asked == [references[:REFERENCES_PER_CALL], references[REFERENCES_PER_CALL:]]


def test_no_references_make_no_call():
    assert find(page([]), references=()) == ((), [])


def test_card_narrows_the_lookup():
    _, calls = find(page([ENTRY]), card_id="EKC1")
    assert json.loads(calls[0].body)["enKashCardId"] == "EKC1"
