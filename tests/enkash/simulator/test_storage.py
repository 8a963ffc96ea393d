import sqlite3

import pytest

from allocations.enkash.simulator.server import Simulator
from tests.enkash.simulator.caller import EXISTS, FAILURES, SUCCESSES, Caller, row


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "ledger.sqlite3"


def visit(path, work):
    """What the work returns, done with a caller of a simulator that lives only for it."""
    with Simulator(ledger=path, balance=1000) as sim:
        caller = Caller(sim)
        with caller.session:
            return work(sim, caller)


def test_ledger_survives_a_restart(path):
    before = visit(path, lambda sim, caller: (caller.allocate(row("R1"), row("R2")), sim.control.ledger_lines())[1])
    after, balance = visit(path, lambda sim, caller: (sim.control.ledger_lines(), caller.balance()))
    assert (after, balance) == (before, 980)


def test_reference_of_before_the_restart_is_refused(path):
    sent = row("R1")
    visit(path, lambda _, caller: caller.allocate(sent))
    payload = visit(path, lambda _, caller: caller.allocate(sent))
    assert payload[FAILURES][0]["failureReason"] == EXISTS


def test_person_keeps_ids_and_balance_and_identifiers_go_on(path):
    (first,) = visit(path, lambda _, caller: caller.allocate(row("R1", mobile="9876543210"))[SUCCESSES])
    known, new = visit(path, lambda _, caller: caller.allocate(row("R2", mobile="9876543210"), row("R3"))[SUCCESSES])
    ids = {each[name] for each in (first, known, new) for name in ("enkashCardTxnId", "enkashCardId", "userId")}
    assert (known["userId"], known["otbBalance"]) == (first["userId"], 20)
    assert len(ids) == 3 + 2 + 2


def test_debits_and_top_ups_survive_a_restart(path):
    def work(sim, caller):
        caller.allocate(row("R1", mobile="9876543210", amount=100))
        caller.single("D1", kind="DR", amount=30, mobile="9876543210")
        sim.control.top_up("0.50")
        return caller.balance()

    assert visit(path, work) == 930.5
    assert visit(path, lambda _, caller: caller.balance()) == 930.5


def test_failed_entries_move_no_points_after_a_restart(path):
    def work(sim, caller):
        sim.control.change(burn_failed=True)
        sim.world.ledger.burn(
            sim.world.people.find_or_create(
                ("CEKDEMO001", "CADEMO1"), mobile="9876543210", name="A", email="", title=""
            ),
            reference="R1",
            amount=10,
            at=0.0,
        )
        caller.allocate(row("R2"))
        return caller.balance()

    assert visit(path, work) == 990
    assert visit(path, lambda _, caller: caller.balance()) == 990


def test_request_is_on_disk_before_it_is_answered(path):
    def work(sim, caller):
        sim.faults.push(kind="error_before")
        caller.bulk([row("R1"), row("R2")])
        with sqlite3.connect(path) as database:
            return database.execute("select number, refs from request").fetchall()

    assert visit(path, work) == [(2, "R1 R2")]


def test_reset_empties_the_file(path):
    def work(sim, caller):
        caller.allocate(row("R1"))
        sim.control.reset()

    visit(path, work)
    entries, balance = visit(path, lambda sim, caller: (sim.control.ledger_lines(), caller.balance()))
    assert (entries, balance) == ([], 1000)
