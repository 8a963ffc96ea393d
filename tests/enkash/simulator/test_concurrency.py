import threading

import pytest

from allocations.enkash.simulator.server import Simulator
from tests.enkash.simulator.caller import EXISTS, FAILURES, Caller, row

THREADS = 8


@pytest.fixture
def callers():
    with Simulator(balance=1000, lanes=THREADS) as sim:
        callers = [Caller(sim) for _ in range(THREADS)]
        yield sim, callers
        for caller in callers:
            caller.session.close()


def at_once(work, callers):
    """What the work returns for each caller, all started at one barrier."""
    answers = [None] * len(callers)
    barrier = threading.Barrier(len(callers))

    def run(index):
        barrier.wait()
        answers[index] = work(index, callers[index])

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(callers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_same_reference_in_eight_requests_at_once_is_credited_once(callers):
    sim, clients = callers
    sent = row("R1")
    payloads = at_once(lambda _, caller: caller.allocate(sent), clients)
    reasons = [each["failureReason"] for payload in payloads for each in payload[FAILURES]]
    assert sorted(payload["successCount"] for payload in payloads) == [0] * 7 + [1]
    assert reasons == [EXISTS] * 7
    assert [entry.amount for entry in sim.ledger.entries] == [10]


def test_same_new_mobile_in_eight_requests_at_once_gets_one_card(callers):
    sim, clients = callers
    at_once(lambda index, caller: caller.allocate(row(f"R{index}", mobile="9876543210")), clients)
    assert len({entry.card_id for entry in sim.ledger.entries}) == 1
    assert sorted(entry.user_balance for entry in sim.ledger.entries) == [10, 20, 30, 40, 50, 60, 70, 80]


def test_balance_is_never_overspent_by_requests_at_once(callers):
    sim, clients = callers
    payloads = at_once(lambda index, caller: caller.allocate(row(f"R{index}", amount=300)), clients)
    assert sum(payload["successCount"] for payload in payloads) == 3
    assert clients[0].balance() == 100
    assert len({entry.transaction_id for entry in sim.ledger.entries}) == 3
