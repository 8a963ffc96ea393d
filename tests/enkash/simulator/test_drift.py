"""A simulator whose answers are no longer the documented ones, and one that is put right again."""

from tests.enkash.simulator.caller import FAILURES, SUCCESSES, row


def test_renamed_fields_are_elsewhere_in_bulk_answers_and_look_ups(caller, sim):
    sim.control.change(drift="renamed")
    (success,) = caller.allocate(row("R1"))[SUCCESSES]
    assert "enkashCardTxnId" not in success
    (listed,) = caller.look_up("R1")["data"]
    assert ("pgReferenceNumber" in listed, listed["merchantReference"]) == (False, "R1")
    (entry,) = sim.ledger.entries
    assert success["transactionRef"] == entry.transaction_id

    sim.control.change(drift="none")
    (listed,) = caller.look_up("R1")["data"]
    assert listed["pgReferenceNumber"] == "R1"


def test_extended_answers_have_more_fields_and_a_text_that_nobody_knows(caller, sim):
    sim.control.change(drift="extended")
    payload = caller.allocate(row("R1"), row("R2", name="Asha Rao", mobile="9876500002"))
    (success,), (failure,) = payload[SUCCESSES], payload[FAILURES]
    assert (success["loyaltyTier"], failure["loyaltyTier"]) == ("GOLD", "GOLD")
    assert failure["failureReason"] == "Wallet of Asha Rao (9876500002) is dormant since 90 days"
    assert [entry.reference for entry in sim.ledger.entries] == ["R1"]


def test_a_single_row_is_never_dormant(caller, sim):
    sim.control.change(drift="extended")
    assert len(caller.allocate(row("R1"))[SUCCESSES]) == 1


def test_a_fault_renames_and_adds_a_field_once(caller, sim):
    sim.faults.push(kind="field_renamed", field="mobile", to="msisdn")
    sim.faults.push(kind="field_added", field="colour", value="blue")
    first, second, third = (caller.allocate(row(f"R{at}"))[SUCCESSES][0] for at in range(3))
    assert ("mobile" in first, "msisdn" in first) == (False, True)
    assert (second["colour"], "colour" in third) == ("blue", False)
