import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.enkash.answer import AnswerKind
from allocations.enkash.messages import CreditLine, FailureLine, read_bulk_answer
from tests.enkash.raw_server import raw

SUCCESS, FAILURE = "successBulkEnKashCardCreateDTOs", "failureBulkEnKashCardCreateDTOs"
CREDIT = {
    "email": "asha@example.in",
    "name": "Asha",
    "mobile": "9000000001",
    "title": "Ms",
    "loadAmount": 10,
    "companyId": "CEKDEMO001",
    "cardAccountId": "CADEMO1",
    "enkashCardId": "EKC1234567",
    "userId": "EK123456",
    "accountBalance": 9990.25,
    "enkashCardTxnId": "ECT1234567890",
    "otbBalance": 10000,
}
TAKEN = "The transaction associated with the given Unique reference Number already exists"


def read(payload, *, code: object = 0, status: int = 200):
    return read_bulk_answer(raw(status, json.dumps({"code": code, "message": "Success", "payload": payload})), now=0)


def test_report_holds_both_lists_and_the_counters():
    failure = {
        "mobile": "9000000002",
        "name": "B",
        "loadAmount": "5",
        "uniqueReferenceNumber": "R2",
        "failureReason": TAKEN,
    }
    payload = {SUCCESS: [CREDIT], FAILURE: [failure], "successCount": 1, "failureCount": 1, "totalCount": 2}
    report = read(payload).report
    assert report.credits == (
        CreditLine(
            reference="",
            mobile="9000000001",
            email="asha@example.in",
            name="Asha",
            amount=Decimal(10),
            company_id="CEKDEMO001",
            card_account_id="CADEMO1",
            transaction_id="ECT1234567890",
            card_id="EKC1234567",
            user_id="EK123456",
            account_balance=Decimal("9990.25"),
            user_balance=Decimal(10000),
        ),
    )
    assert report.failures == (FailureLine("R2", "9000000002", "", "B", Decimal(5), TAKEN),)
    assert (report.success_count, report.failure_count, report.total_count, report.notes) == (1, 1, 2, ())


def test_keys_are_read_whatever_their_case():
    line = read(
        {SUCCESS.upper(): [{"ENKASHCARDID": "EKC1", "enKashCardTransactionId": "ECT1"}], FAILURE: []}
    ).report.credits[0]
    assert (line.card_id, line.transaction_id) == ("EKC1", "ECT1")


@pytest.mark.parametrize(
    ("payload", "proofs", "notes"),
    [
        (None, 0, ("The payload is no object.",)),
        ("text", 0, ("The payload is no object.",)),
        ({SUCCESS: [CREDIT]}, 1, ("failurebulkenkashcardcreatedtos is missing.",)),
        ({SUCCESS: [CREDIT], FAILURE: None}, 1, ("failurebulkenkashcardcreatedtos is no list.",)),
        ({FAILURE: []}, 0, ("successbulkenkashcardcreatedtos is missing.",)),
        ({SUCCESS: {}, FAILURE: []}, 0, ("successbulkenkashcardcreatedtos is no list.",)),
        ({SUCCESS: [CREDIT, "x"], FAILURE: []}, 1, ("1 lines of successbulkenkashcardcreatedtos are no objects.",)),
        (
            {SUCCESS: [CREDIT, CREDIT | {"failureReason": "no"}], FAILURE: []},
            1,
            ("1 lines of the success list carry a failure reason.",),
        ),
    ],
)
def test_odd_report_keeps_its_proofs_and_says_what_is_odd(payload, proofs, notes):
    answer = read(payload)
    assert (answer.kind, len(answer.report.credits), answer.notes) == (AnswerKind.ROWS, proofs, notes)


@pytest.mark.parametrize(("code", "status"), [(1, 200), (None, 200), (0, 201), (0, 400), (0, 500), (0, 302)])
def test_anything_but_200_and_code_0_proves_nothing(code, status):
    assert read({SUCCESS: [CREDIT], FAILURE: []}, code=code, status=status).report is None


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
LISTS = st.lists(st.dictionaries(st.sampled_from(sorted(CREDIT)), VALUES, max_size=6) | VALUES, max_size=4) | VALUES
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "code": SCALARS | st.just(0),
        "response_code": SCALARS,
        "message": VALUES,
        "payload": VALUES
        | st.fixed_dictionaries({}, optional={SUCCESS: LISTS, FAILURE: LISTS, "successCount": VALUES}),
    },
)
STATUSES = st.sampled_from([200, 200, 200, 201, 302, 400, 401, 403, 422, 429, 500])


@given(STATUSES, BODIES | VALUES)
def test_credit_lines_are_never_invented(status, body):
    answer = read_bulk_answer(raw(status, json.dumps(body)), now=0)
    found = len(answer.report.credits) if answer.report else 0
    assert found <= _objects_in_success_list(status, body)


def _objects_in_success_list(status: int, body: object) -> int:
    payload = body.get("payload") if status == 200 and isinstance(body, dict) else None
    listed = payload.get(SUCCESS) if isinstance(payload, dict) else None
    return sum(isinstance(entry, dict) for entry in listed) if isinstance(listed, list) else 0


@given(st.integers(100, 999), st.binary(max_size=300), st.text(max_size=30), st.sampled_from(["", "k"]))
def test_any_bytes_are_read_without_an_exception(status, body, header, key):
    """F39, F40, F42."""
    answer = read_bulk_answer(raw(status, body, retry_after=header, content_type=header), key=key, now=0)
    assert answer.report is None or answer.kind is AnswerKind.ROWS


@given(st.integers(0, 400))
def test_cut_answer_proves_nothing(length):
    """F31, F32."""
    body = json.dumps({"code": 0, "payload": {SUCCESS: [CREDIT], FAILURE: []}}).encode()
    answer = read_bulk_answer(raw(200, body[: min(length, len(body) - 1)]), now=0)
    assert (answer.kind, answer.report) == (AnswerKind.UNREADABLE, None)
