"""Every fault that the simulator knows, once, through to the end: whatever EnKash does, the invariants hold."""

import pytest

from allocations.enkash.simulator.fault_queue import KINDS
from allocations.services import runs
from tests.factories.contract import mark_all
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants, check_trail

pytestmark = pytest.mark.django_db

# Options that keep a fault from taking real time or memory; the deadline of the tests' client is shorter still.
OPTIONS: dict[str, dict[str, object]] = {
    "hang": {"seconds": 0.8},
    "slow_loris": {"pause": 0.3},
    "process_late": {"seconds": 0.2},
    "huge_body": {"size": 7 * 2**20},
    "gzip_bomb": {"size": 7 * 2**20},
    "deep_nesting": {"depth": 10_000},
    "huge_number": {"digits": 5_000},
}
# One of each way a call can end.
LASTING = ("counts_wrong", "drop_after", "error_half", "html_200", "insufficient_whole", "redirect", "row_in_neither")
LASTING += ("txn_empty", "throttle", "unauthorized", "whole_refusal", "wrong_content_type")
# EnKash contradicts itself or its ledger about these: only people can decide.
FOR_PEOPLE = {"amount_changed", "other_account", "amount_misreported", "txn_reused", "row_in_both", "double_success"}
FOR_PEOPLE |= {"already_exists_first", "lookup_other_amount", "lookup_other_person"}


def run_to_the_end(portal: Portal, run, *, rounds: int = 14) -> None:
    """Drains with time passing; resumes like a person who has mended the cause."""
    for _ in range(rounds):
        portal.drain_after(run, minutes=16)
        check_invariants(portal, at_rest=False)
        if run.state == "paused":
            mark_all()
            runs.resume_run(portal.maker, run_id=run.pk)
        if run.state in {"settled", "attention"}:
            return


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_one_fault_never_costs_or_doubles_a_point(quick_portal: Portal, kind: str) -> None:
    """F26, F27, F29 to F49."""
    portal = quick_portal
    if kind.startswith("lookup"):
        portal.sim.faults.push(kind="error_after")
    portal.sim.faults.push(kind=kind, **OPTIONS.get(kind, {}))
    run = portal.drain(portal.approved_run(rows=5))
    check_invariants(portal, at_rest=False)
    run_to_the_end(portal, run)
    check_invariants(portal)
    check_trail()
    states = set(portal.states(run))
    if kind in FOR_PEOPLE:
        assert run.state == "attention"
        assert states & {"conflict", "anomaly"}
    elif kind == "insufficient_mid":
        assert (run.state, states) == ("settled", {"credited", "failed"})
    else:
        assert (run.state, states) == ("settled", {"credited"})
        assert portal.credited(run) == portal.ledger()


@pytest.mark.parametrize("kind", LASTING)
def test_the_same_fault_again_and_again_ends_without_a_double(quick_portal: Portal, kind: str) -> None:
    """F26, F31, F33, F34, F35, F37, F38, F39, F43, F46."""
    portal = quick_portal
    portal.sim.faults.push(kind=kind, times=50, **OPTIONS.get(kind, {}))
    run = portal.drain(portal.approved_run(rows=2))
    run_to_the_end(portal, run, rounds=5)
    portal.sim.faults.clear()
    run_to_the_end(portal, run)
    check_invariants(portal)
