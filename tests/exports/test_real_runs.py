"""Exports of batches that ran against the simulator, in good and bad weather."""

import json
from collections import Counter

import pytest

from allocations.services.cancelling import cancel_run
from allocations.services.reruns import rerun_failed_rows
from allocations.services.runs import resume_run
from tests.exports.reading import csv_rows, make

KINDS = ["error_after", "error_before", "amount_changed", "already_exists_first", "counts_wrong", "insufficient_mid"]


def totals_of(rows) -> tuple[int, int]:
    return len(rows), sum(int(row["Amount"]) for row in rows)


@pytest.mark.parametrize("kind", KINDS)
def test_export_equals_the_manifest_whatever_came_of_the_run(portal, kind):
    portal.sim.faults.push(endpoint="bulk", kind=kind)
    run = portal.drain(portal.approved_run(rows=5))
    manifest = json.loads(run.batch.manifest)

    rows = csv_rows(make(run.batch, by=portal.maker))

    assert totals_of(rows) == (manifest["rows"], manifest["points"]) == (5, 500)
    assert [row["Our reference"] for row in rows if row["Outcome"] == "credited"] == list(portal.credited(run))


def test_export_credits_exactly_what_the_ledger_debited(portal):
    run = portal.drain(portal.approved_run(rows=5))

    rows = csv_rows(make(run.batch, by=portal.maker))

    exported = {row["Our reference"]: (row["EnKash transaction id"], int(row["Credited points"])) for row in rows}
    assert exported == portal.ledger()


def test_export_adds_up_before_during_and_after_a_re_run(portal):
    """F60."""
    portal.sim.faults.push(endpoint="bulk", kind="insufficient_mid")
    run = portal.drain(portal.approved_run(rows=5))
    resume_run(portal.approver, run_id=run.pk)
    portal.drain(run)
    before = outcomes(portal, run)

    child = rerun_failed_rows(portal.maker, batch_id=run.batch_id)
    during = outcomes(portal, run)
    portal.drain(child)

    assert before["failed"] > 0
    assert during == {"credited": before["credited"], "not sent": before["failed"]}
    assert outcomes(portal, run) == {"credited": 5}


def test_export_names_what_was_cancelled_and_still_adds_up(portal):
    portal.sim.faults.push(endpoint="bulk", kind="error_after")
    run = portal.drain(portal.approved_run(rows=5))
    cancel_run(portal.maker, run_id=run.pk)
    assert outcomes(portal, run) == {"unknown": 2, "cancelled": 3}
    portal.drain_after(run, minutes=16)
    assert outcomes(portal, run) == {"credited": 2, "cancelled": 3}


def outcomes(portal, run) -> Counter[str]:
    return Counter(row["Outcome"] for row in csv_rows(make(run.batch, by=portal.maker)))
