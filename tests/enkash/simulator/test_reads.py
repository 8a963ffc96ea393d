from decimal import Decimal

import pytest

from allocations.enkash.simulator import demo
from tests.enkash.simulator.caller import ACCOUNT, SUCCESSES, row


def test_account_details_show_balance_and_what_was_allocated(caller, sim):
    sim.control.set_balance("1000.50")
    caller.allocate(row("R1"), row("R2"))
    answer = caller.post("cardAccount/get", ACCOUNT).json()
    payload = answer["payload"]
    assert (answer["response_code"], answer["response_message"]) == (0, "Success")
    assert (payload["availableBalance"], payload["totalAllocationPoint"], payload["activeCards"]) == (980.5, 20, 2)
    assert payload["primaryEnKashCard"]["cardAccountId"] == demo.CARD_ACCOUNT_ID


def test_account_without_a_primary_card_shows_null(caller, sim):
    sim.ledger.accounts[demo.COMPANY_ID, demo.CARD_ACCOUNT_ID].has_primary_card = False
    assert caller.post("cardAccount/get", ACCOUNT).json()["payload"]["primaryEnKashCard"] is None


def test_search_lists_cards_with_mobiles_in_pages(caller, sim):
    sim.control.change(page_limit=2)
    caller.allocate(*(row(f"R{index}", mobile=f"987654321{index}") for index in range(3)))
    pages = [caller.post("search", ACCOUNT, params={"offset": offset}).json()["payload"] for offset in (0, 2)]
    assert [page["recordsCount"] for page in pages] == [3, 3]
    assert [card["mobile"] for page in pages for card in page["data"]] == ["9876543210", "9876543211", "9876543212"]


def test_search_by_card_answers_one_object_in_the_other_shape(caller, sim):
    sim.control.change(search_shape="object")
    (first, _) = caller.allocate(row("R1"), row("R2"))[SUCCESSES]
    answer = caller.post("search", ACCOUNT | {"enKashCardId": first["enkashCardId"]}).json()
    assert answer["response_code"] == 0
    assert answer["payload"]["userId"] == first["userId"]


def test_search_for_an_unknown_card_finds_nobody(caller, sim):
    body = ACCOUNT | {"enKashCardId": "EKC0000000"}
    as_list = caller.post("search", body).json()["payload"]
    sim.control.change(search_shape="object")
    assert as_list == {"recordsCount": 0, "data": []}
    assert caller.post("search", body).json()["payload"] is None


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_wrong_limit_is_refused(caller, limit):
    assert caller.post("search", ACCOUNT, params={"limit": limit}).status_code == 400


def test_second_account_has_its_own_balance(caller, sim):
    caller.allocate(row("R1"), query={"cardAccountId": demo.SECOND_CARD_ACCOUNT_ID})
    balances = {key[1]: account.balance for key, account in sim.ledger.accounts.items()}
    assert balances == {demo.CARD_ACCOUNT_ID: Decimal(1000), demo.SECOND_CARD_ACCOUNT_ID: Decimal(990)}
