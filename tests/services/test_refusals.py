"""EnKash refuses a whole call, has no points left, or does not tell the balance: the run stops before it does harm."""

from typing import Any

import pytest

from allocations.models import Attempt
from allocations.services import runs
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fault", "pause", "calls"),
    [
        ({"kind": "forbidden"}, "login", 2),
        ({"kind": "whole_refusal", "status": 404}, "refused", 1),
        ({"kind": "whole_refusal", "status": 422}, "refused", 1),
    ],
)
def test_f38_a_refused_call_pauses_with_enkashs_message_and_leaves_rows_pending(
    portal: Portal, fault: dict[str, Any], pause: str, calls: int
) -> None:
    portal.sim.faults.push(times=5, **fault)
    run = portal.drain(portal.approved_run(rows=4))
    attempts = list(Attempt.objects.all())
    assert (run.state, run.pause_code, len(attempts), portal.ledger()) == ("paused", pause, calls, {})
    assert portal.states(run) == ["pending"] * 4
    assert attempts[0].message
    assert attempts[0].message in run.pause_text
    check_invariants(portal)


def test_f46_points_that_run_out_within_a_chunk_fail_no_row_of_a_later_one(portal: Portal) -> None:
    portal.sim.faults.push(kind="insufficient_mid", index=1)
    run = portal.drain(portal.approved_run(rows=8))
    assert (run.state, run.pause_code) == ("paused", "balance")
    assert portal.states(run) == ["credited", "failed", *["pending"] * 6]
    check_invariants(portal)


def test_f47_nothing_is_sent_while_the_balance_cannot_be_read(portal: Portal) -> None:
    portal.sim.faults.push(kind="balance_down", times=40)
    run = portal.drain(portal.approved_run(rows=2))
    for _ in range(6):
        portal.drain_after(run, minutes=16)
    assert (run.state, run.pause_code, Attempt.objects.count()) == ("paused", "unreachable", 0)
    portal.sim.faults.clear()
    runs.resume_run(portal.maker, run_id=run.pk)
    portal.drain(run)
    assert (run.state, portal.states(run)) == ("settled", ["credited"] * 2)
