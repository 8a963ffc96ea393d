import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.enkash.config import ReferenceKey
from allocations.enkash.messages import AnswerKind as Kind
from allocations.enkash.messages import Direction, SingleAnswer, SingleOrder, read_single_answer, single_body
from tests.enkash.raw_server import raw

DEBIT = SingleOrder(Direction.DEBIT, "CEKDEMO001", "CADEMO1", 5, "R1", card_id="EKC1")
PERSON = {"mobile": "9000000001", "email": "a@example.in", "title": "Ms", "first_name": "Asha", "gender": "F"}
TAKEN = "The transaction associated with the given Unique reference Number already exists"


def read(body, *, status=200):
    return read_single_answer(raw(status, json.dumps(body)), reference="R1", now=0)


def test_debit_carries_the_documented_fields():
    assert json.loads(single_body(DEBIT, reference_key=ReferenceKey.NUMBER)) == {
        "companyId": "CEKDEMO001",
        "cardAccountId": "CADEMO1",
        "enkashCardId": "EKC1",
        "transactionCode": "ALLOCATION",
        "transactionType": "DR",
        "type": "UNALLOCATE_POINT",
        "loadAmount": 5,
        "uniqueReferenceNumber": "R1",
    }


def test_credit_carries_the_person():
    order = SingleOrder(Direction.CREDIT, "CEKDEMO001", "CADEMO1", 5, "R1", **PERSON)
    assert json.loads(single_body(order, reference_key=ReferenceKey.NUMBER)) == {
        "companyId": "CEKDEMO001",
        "cardAccountId": "CADEMO1",
        "transactionCode": "ALLOCATION",
        "transactionType": "CR",
        "type": "ALLOCATE_POINT",
        "mobile": "9000000001",
        "email": "a@example.in",
        "title": "Ms",
        "firstName": "Asha",
        "gender": "F",
        "loadAmount": 5,
        "uniqueReferenceNumber": "R1",
    }


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        (ReferenceKey.NUMBER, {"uniqueReferenceNumber"}),
        (ReferenceKey.NUM, {"uniqueReferenceNum"}),
        (ReferenceKey.BOTH, {"uniqueReferenceNumber", "uniqueReferenceNum"}),
    ],
)
def test_reference_is_sent_under_the_configured_key(key, sent):
    body = json.loads(single_body(DEBIT, reference_key=key))
    assert {name: value for name, value in body.items() if "Reference" in name} == dict.fromkeys(sent, "R1")


def test_success_gives_the_ids():
    payload = {
        "pgReferenceNumber": "R1",
        "enkashCardTxnId": "ECT1",
        "enKashCardId": "EKC1",
        "userId": "EK1",
        "otbBalance": 7.5,
    }
    assert read({"code": 0, "message": "Success", "payload": payload}) == SingleAnswer(
        Kind.ROWS, "Success", False, False, "R1", "ECT1", "EKC1", "EK1", Decimal("7.5"), None, ()
    )


@pytest.mark.parametrize(
    ("payload", "kind", "notes"),
    [
        ({}, Kind.ROWS, ("The reference is not echoed.",)),
        ({"pgReferenceNumber": "R2"}, Kind.UNREADABLE, ("EnKash echoed the reference R2, not R1.",)),
        (None, Kind.UNREADABLE, ("The reference is not echoed.",)),
    ],
)
def test_success_is_believed_unless_it_names_another_reference(payload, kind, notes):
    answer = read({"code": 0, "payload": payload})
    assert (answer.kind, answer.notes) == (kind, notes)


@pytest.mark.parametrize(
    ("status", "message", "definite"),
    [
        (422, "Primary Enkash card is not present. So bulk upload cannot be done", True),
        (200, "Bin Type is not mapped on PlanMaster", True),
        (404, "Card account not found for companyId: [C] and cardAccountId: [A]", True),
        (200, "Insufficient balance in user card", True),
        (422, "Insufficient balance in card account", True),
        (200, "Request is in process, please check the status later", False),
        (422, "Card is blocked", False),
        (200, TAKEN, False),
        (500, "Bin Type is not mapped on PlanMaster", False),
    ],
)
def test_refusal_is_definite_only_in_documented_words(status, message, definite):
    assert read({"code": 1, "message": message}, status=status).definite is definite


@pytest.mark.parametrize(
    ("status", "body", "kind", "duplicate"),
    [
        (200, {"code": 1, "message": "Debit is above the balance"}, Kind.REFUSED_WHOLE, False),
        (200, {"code": 1, "message": TAKEN}, Kind.REFUSED_WHOLE, True),
        (422, {"code": 1, "message": TAKEN.upper()}, Kind.REFUSED_WHOLE, True),
        (200, {"code": 1, "message": "Insufficient balance in card account"}, Kind.INSUFFICIENT_BALANCE, False),
        (200, {"code": 1, "message": "Odd", "payload": {"enkashCardTxnId": "ECT1"}}, Kind.UNREADABLE, False),
        (200, {"message": "Odd"}, Kind.UNREADABLE, False),
        (500, {"code": 1, "message": "Odd"}, Kind.SERVER_ERROR, False),
    ],
)
def test_failure_is_definite_only_in_a_failure_envelope(status, body, kind, duplicate):
    answer = read(body, status=status)
    assert (answer.kind, answer.duplicate) == (kind, duplicate)


@given(st.integers(100, 999), st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(status, body):
    """F39, F40, F42."""
    answer = read_single_answer(raw(status, body), reference="R1", now=0)
    assert answer.kind is not Kind.ROWS or status == 200
