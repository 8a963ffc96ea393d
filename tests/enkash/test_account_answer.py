from decimal import Decimal

import pytest

from allocations.enkash.account_answer import AccountDetails, read_account


def test_account_is_read_whole():
    payload = {
        "availablebalance": Decimal("1.50"),
        "companyname": "Demo",
        "primaryenkashcard": {"enkashcardid": "EKC1"},
        "companyid": "CEK1",
        "cardaccountid": "CA1",
        "totalcards": 4,
        "activecards": 3,
    }
    assert read_account(payload) == AccountDetails(Decimal("1.50"), "Demo", True, "CEK1", "CA1", 4, 3)


@pytest.mark.parametrize(
    ("card", "has"), [({"primaryenkashcard": None}, False), ({"primaryenkashcard": {}}, False), ({}, None)]
)
def test_primary_card_may_be_missing_or_not_said(card, has):
    assert read_account({"availablebalance": 0} | card).has_primary_card is has


@pytest.mark.parametrize("payload", [None, "x", [], {}, {"availablebalance": None}, {"availablebalance": "much"}])
def test_payload_without_a_balance_is_no_account(payload):
    assert read_account(payload) is None
