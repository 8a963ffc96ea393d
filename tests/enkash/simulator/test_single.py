import pytest

from tests.enkash.simulator.caller import EXISTS, SHORT, row

PERSON = {
    "mobile": "9876543210",
    "email": "asha@example.com",
    "title": "Ms",
    "firstName": "Asha",
    "gender": "F",
}


def message(answer):
    return answer.status_code, answer.json()["response_message"]


def test_credit_of_a_new_user_echoes_the_reference(caller):
    payload = caller.single("S1", **PERSON).json()["payload"]
    assert (payload["pgReferenceNumber"], payload["otbBalance"]) == ("S1", 10)
    assert payload["maskedNumber"] == "XXXX XXXX XXXX 3210"


def test_reference_is_read_under_the_name_of_the_examples_too(caller):
    answer = caller.single("S1", uniqueReferenceNum="S1", **PERSON)
    other = caller.single("S2", uniqueReferenceNum="S3", **PERSON)
    assert answer.json()["payload"]["pgReferenceNumber"] == "S1"
    assert message(other) == (400, "uniqueReferenceNumber is required once")


def test_top_up_by_card_needs_no_person(caller):
    card = caller.single("S1", **PERSON).json()["payload"]["enKashCardId"]
    payload = caller.single("S2", amount=2.5, enkashCardId=card).json()["payload"]
    assert (payload["otbBalance"], payload["accountBalance"]) == (12.5, 987.5)


@pytest.mark.parametrize("by", ["card", "mobile"])
def test_debit_takes_points_back_to_the_account(caller, by):
    credited = caller.single("S1", **PERSON).json()["payload"]
    target = {"enkashCardId": credited["enKashCardId"]} if by == "card" else {"mobile": "9876543210"}
    payload = caller.single("D1", kind="DR", amount=4, **target).json()["payload"]
    (found,) = caller.look_up("D1")["data"]
    assert (payload["otbBalance"], caller.balance()) == (6, 994)
    assert (found["cardTransactionType"], found["type"]) == ("DR", "UNALLOCATE_POINT")


def test_debit_over_the_balance_of_the_card_is_refused(caller):
    caller.single("S1", **PERSON)
    answer = caller.single("D1", kind="DR", amount=11, mobile="9876543210")
    assert message(answer) == (422, "Insufficient balance in user card")
    assert caller.balance() == 990


def test_reference_of_a_bulk_row_is_refused(caller):
    caller.allocate(row("R1", mobile="9876543210"))
    credit = caller.single("R1", **PERSON)
    debit = caller.single("R1", kind="DR", mobile="9876543210")
    assert (message(credit), message(debit)) == ((422, EXISTS), (422, EXISTS))


def test_short_balance_is_refused_with_status_200(caller):
    assert message(caller.single("S1", amount=1001, **PERSON)) == (200, SHORT)


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"transactionCode": "PRINCIPLE"}, 400, "transactionCode must be ALLOCATION"),
        ({"transactionType": "XX"}, 400, "transactionType must be CR or DR"),
        ({"type": "UNALLOCATE_POINT"}, 400, "type must be ALLOCATE_POINT for transactionType CR"),
        ({"loadAmount": "10"}, 400, "loadAmount is missing or not a number"),
        ({"loadAmount": 0}, 422, "loadAmount must be greater than 0 and have at most 2 decimals"),
        ({"loadAmount": 1.005}, 422, "loadAmount must be greater than 0 and have at most 2 decimals"),
        ({"loadAmount": 10**12}, 422, "loadAmount must be greater than 0 and have at most 2 decimals"),
        ({"gender": "X"}, 422, "gender must be M or F"),
        ({"enkashCardId": "EKC0000000"}, 404, "Card not found for this card account"),
    ],
)
def test_wrong_field_is_refused(caller, fields, status, text):
    assert message(caller.single("S1", **(PERSON | fields))) == (status, text)


def test_amount_beyond_every_float_is_refused(caller):
    body = b'{"companyId":"CEKDEMO001","cardAccountId":"CADEMO1","amountFrom":1e999}'
    answer = caller.post("transaction/all", body)
    assert message(answer) == (422, "amountFrom must be greater than 0 and have at most 2 decimals")


def test_debit_without_card_or_mobile_is_refused(caller):
    assert message(caller.single("D1", kind="DR")) == (400, "enkashCardId or mobile is required")


def test_card_of_somebody_else_is_refused(caller):
    card = caller.single("S1", **PERSON).json()["payload"]["enKashCardId"]
    answer = caller.single("D1", kind="DR", enkashCardId=card, mobile="9876543211")
    assert message(answer) == (404, "Card not found for this card account")
