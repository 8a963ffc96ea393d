"""Faults in the rows of a bulk answer, each against what the ledger really holds."""

import pytest

from tests.enkash.simulator.caller import EXISTS, FAILURES, SHORT, SUCCESSES, row


def answered(caller, sim, *, rows=2, **fault):
    """The payload for some rows under a fault."""
    sim.faults.push(**fault)
    return caller.allocate(*(row(f"R{index}", mobile=f"987654321{index}") for index in range(rows)))


def mobiles(rows):
    return [each["mobile"] for each in rows]


def test_valid_prefix_lacks_the_failures_and_counts(caller, sim):
    assert list(answered(caller, sim, kind="valid_prefix")) == [SUCCESSES]


def test_counts_are_wrong_by_what_was_asked(caller, sim):
    payload = answered(caller, sim, kind="counts_wrong", success=-1, failure=2, total=3)
    assert (payload["successCount"], payload["failureCount"], payload["totalCount"]) == (1, 2, 5)


def test_row_is_in_neither_list_though_credited(caller, sim):
    payload = answered(caller, sim, kind="row_in_neither")
    assert (mobiles(payload[SUCCESSES]), payload[FAILURES]) == (["9876543211"], [])
    assert len(sim.ledger.entries) == 2


def test_row_is_in_both_lists(caller, sim):
    payload = answered(caller, sim, kind="row_in_both", reason=EXISTS)
    (failure,) = payload[FAILURES]
    assert (failure["mobile"], failure["failureReason"]) == ("9876543210", EXISTS)
    assert len(payload[SUCCESSES]) == 2


def test_extra_success_names_a_stranger(caller, sim):
    payload = answered(caller, sim, kind="extra_success")
    assert mobiles(payload[SUCCESSES]) == ["9876543210", "9876543211", "9999999999"]
    assert len(sim.ledger.entries) == 2


@pytest.mark.parametrize(("same_id", "ids"), [(False, 3), (True, 2)])
def test_row_is_reported_twice(caller, sim, same_id, ids):
    payload = answered(caller, sim, kind="double_success", same_id=same_id)
    assert mobiles(payload[SUCCESSES]) == ["9876543210", "9876543211", "9876543210"]
    assert len({each["enkashCardTxnId"] for each in payload[SUCCESSES]}) == ids


def test_other_account_is_named(caller, sim):
    payload = answered(caller, sim, kind="other_account")
    assert [each["cardAccountId"] for each in payload[SUCCESSES]] == ["CAOTHER", "CADEMO1"]


def test_changed_amount_is_really_credited(caller, sim):
    payload = answered(caller, sim, kind="amount_changed", index=1, by=5)
    assert [each["loadAmount"] for each in payload[SUCCESSES]] == [10, 15]
    assert [entry.amount for entry in sim.ledger.entries] == [10, 15]


def test_misreported_amount_is_not_credited(caller, sim):
    payload = answered(caller, sim, kind="amount_misreported", by=5)
    assert [each["loadAmount"] for each in payload[SUCCESSES]] == [15, 10]
    assert [entry.amount for entry in sim.ledger.entries] == [10, 10]


def test_transaction_id_is_reused(caller, sim):
    first, second = answered(caller, sim, kind="txn_reused")[SUCCESSES]
    assert second["enkashCardTxnId"] == first["enkashCardTxnId"]


@pytest.mark.parametrize("value", ["", None])
def test_transaction_id_is_empty(caller, sim, value):
    first, second = answered(caller, sim, kind="txn_empty", value=value)[SUCCESSES]
    assert first["enkashCardTxnId"] == value
    assert second["enkashCardTxnId"] == sim.ledger.entries[1].transaction_id


@pytest.mark.parametrize(
    ("form", "shown"),
    [("plus91", "+91 9876543210"), ("zero", "09876543210"), ("number", 9876543210), ("masked", "XXXXXX3210")],
)
def test_mobile_is_written_otherwise(caller, sim, form, shown):
    payload = answered(caller, sim, rows=1, kind="mobile_format", form=form)
    assert mobiles(payload[SUCCESSES]) == [shown]


@pytest.mark.parametrize(("form", "shown"), [("text", '"10"'), ("float", "10.0"), ("half", "10.5")])
def test_amount_is_written_otherwise(caller, sim, form, shown):
    sim.faults.push(kind="amount_format", form=form)
    assert f'"loadAmount":{shown},' in caller.bulk([row("R1")]).text


def test_rows_come_back_in_another_order(caller, sim):
    payload = answered(caller, sim, kind="rows_reversed")
    assert mobiles(payload[SUCCESSES]) == ["9876543211", "9876543210"]


def test_wall_fails_the_rows_behind_it(caller, sim):
    payload = answered(caller, sim, rows=3, kind="insufficient_mid", index=1)
    assert [each["failureReason"] for each in payload[FAILURES]] == [SHORT, SHORT]
    assert len(sim.ledger.entries) == 1


def test_reference_is_said_to_exist_on_its_first_try(caller, sim):
    payload = answered(caller, sim, kind="already_exists_first")
    assert (mobiles(payload[FAILURES]), payload[FAILURES][0]["failureReason"]) == (["9876543210"], EXISTS)
    assert caller.look_up("R0")["recordsCount"] == 0


@pytest.mark.parametrize(
    "kind", ["row_in_both", "extra_success", "double_success", "other_account", "txn_reused", "txn_empty"]
)
def test_fault_of_a_row_that_is_not_there_changes_nothing(caller, sim, kind):
    sim.faults.push(kind=kind)
    payload = caller.allocate(row("R1", amount=1001))
    assert (payload[SUCCESSES], payload["successCount"], payload["failureCount"]) == ([], 0, 1)


def test_fault_in_rows_leaves_a_refusal_as_it_is(caller, sim):
    sim.faults.push(kind="counts_wrong")
    assert caller.bulk([]).json()["payload"] == "The request body has no rows"
