import re

import pytest

from allocations.enkash.simulator import demo
from tests.enkash.simulator.caller import EXISTS, FAILURES, SHORT, SUCCESSES, row


def reasons(payload):
    return [each.get("failureReason") for each in payload[FAILURES]]


def test_success_row_has_the_documented_fields_and_no_reference(caller):
    sent = row("R1", amount=10, email="asha@example.com", title="Ms", remarks="Diwali")
    payload = caller.allocate(sent)
    (success,) = payload[SUCCESSES]
    assert list(success) == [
        "email",
        "name",
        "mobile",
        "title",
        "loadAmount",
        "companyId",
        "cardAccountId",
        "enkashCardId",
        "userId",
        "accountBalance",
        "enkashCardTxnId",
        "otbBalance",
    ]
    assert (success["accountBalance"], success["otbBalance"]) == (990, 10)


def test_answer_has_the_documented_envelope_and_counts(caller):
    caller.allocate(row("R1"))
    answer = caller.bulk([row("R1"), row("R2")]).json()
    payload = answer["payload"]
    assert (answer["code"], answer["message"]) == (0, "Success")
    assert (payload["successCount"], payload["failureCount"], payload["totalCount"]) == (1, 1, 2)


def test_repeated_reference_gets_the_documented_text_and_no_points(caller, sim):
    first = row("R1")
    caller.allocate(first)
    payload = caller.allocate(first)
    assert reasons(payload) == [EXISTS]
    assert payload[FAILURES][0]["uniqueReferenceNumber"] == "R1"
    assert len(sim.ledger.entries) == 1


def test_reference_repeated_within_one_call_is_credited_once(caller, sim):
    payload = caller.allocate(row("R1"), row("R1"))
    assert (payload["successCount"], reasons(payload)) == (1, [EXISTS])
    assert caller.balance() == 990


def test_identifiers_follow_the_documented_shapes(caller):
    (success,) = caller.allocate(row("R1"))[SUCCESSES]
    assert re.fullmatch(r"EK[A-Z0-9]{6}", success["userId"])
    assert re.fullmatch(r"EKC[A-Z0-9]{7}", success["enkashCardId"])
    assert re.fullmatch(r"ECT[A-Z0-9]{10}", success["enkashCardTxnId"])


def test_same_mobile_keeps_user_and_card_and_adds_to_the_balance(caller):
    (first,) = caller.allocate(row("R1", mobile="9876543210"))[SUCCESSES]
    (second,) = caller.allocate(row("R2", mobile="9876543210", amount=5))[SUCCESSES]
    assert (second["userId"], second["enkashCardId"]) == (first["userId"], first["enkashCardId"])
    assert second["otbBalance"] == 15


def test_same_mobile_has_one_user_and_two_cards_in_two_accounts(caller):
    (first,) = caller.allocate(row("R1", mobile="9876543210"))[SUCCESSES]
    (second,) = caller.allocate(row("R2", mobile="9876543210"), query={"cardAccountId": demo.SECOND_CARD_ACCOUNT_ID})[
        SUCCESSES
    ]
    assert second["userId"] == first["userId"]
    assert second["enkashCardId"] != first["enkashCardId"]


def test_short_balance_fails_only_the_rows_that_do_not_fit(caller):
    payload = caller.allocate(row("R1", amount=600), row("R2", amount=600), row("R3", amount=400))
    assert [each["loadAmount"] for each in payload[SUCCESSES]] == [600, 400]
    assert reasons(payload) == [SHORT]


@pytest.mark.parametrize(("shortage", "credited"), [("whole", ["R1"]), ("refuse", [])])
def test_short_balance_refuses_the_whole_call_with_status_200(caller, sim, shortage, credited):
    sim.control.change(shortage=shortage)
    answer = caller.bulk([row("R1", amount=600), row("R2", amount=600), row("R3", amount=400)])
    assert answer.status_code == 200
    assert answer.json() == {"response_code": 1, "response_message": SHORT, "payload": SHORT}
    assert [entry.reference for entry in sim.ledger.entries] == credited


def test_existing_users_are_in_neither_list_without_points_allocation(caller, sim):
    caller.allocate(row("R1", mobile="9876543210"))
    payload = caller.allocate(row("R2", mobile="9876543210"), row("R3"), query={"isPointsAllocation": "false"})
    assert (payload["successCount"], payload["failureCount"], payload["totalCount"]) == (1, 0, 2)
    assert [entry.reference for entry in sim.ledger.entries] == ["R1", "R3"]


def test_refused_row_does_not_create_a_user(caller, sim):
    caller.allocate(row("R1", amount=1001, mobile="9876543210"))
    assert sim.world.people.find((demo.COMPANY_ID, demo.CARD_ACCOUNT_ID), "9876543210") is None


def test_reference_is_echoed_only_if_asked_for(caller, sim):
    sim.control.change(echo_reference=True)
    assert caller.allocate(row("R1"))[SUCCESSES][0]["uniqueReferenceNumber"] == "R1"


def test_bare_failures_carry_neither_reference_nor_reason(caller, sim):
    sim.control.change(bare_failures=1.0)
    (failure,) = caller.allocate(row("R1", amount=1001))[FAILURES]
    assert list(failure) == ["name", "mobile", "loadAmount", "companyId", "cardAccountId"]


def test_racy_check_credits_a_reference_twice(caller, sim):
    sim.control.change(racy_gap=0.01)
    caller.allocate(row("R1"), row("R1"))
    assert len(sim.ledger.by_reference["R1"]) == 2
