from dataclasses import replace
from decimal import Decimal

import pytest

from allocations.domain.policy import Actor, BatchFacts, Role
from allocations.domain.states import BatchState, RunState
from allocations.models import Batch, Run
from allocations.presenters.equations import Term
from allocations.presenters.outcomes import (
    Acts,
    Segment,
    acts,
    batch_equation,
    percent_decided,
    run_equation,
    segments,
    status_of,
)
from allocations.presenters.statuses import APPROVED, AWAITING_APPROVAL, CONFLICT, CREDITED, FAILED, RUNNING, UNKNOWN
from allocations.selectors.totals import Totals

TOTALS = Totals(rows=10, pending=2, credited=4, failed=1, unknown=2, disputed=1, credited_points=Decimal(2000))


def test_run_equation_adds_up_and_leaves_out_empty_terms():
    equation = run_equation(TOTALS)
    assert equation.adds_up
    assert equation.remark == "2,000 points credited"
    assert equation.parts == (
        Term(4, "credited", CREDITED),
        Term(1, "failed", FAILED),
        Term(2, "unknown", UNKNOWN),
        Term(1, "in conflict", CONFLICT),
        Term(2, "not sent"),
    )


def test_batch_equation_holds_the_left_out_rows():
    equation = batch_equation(Batch(row_count=12, left_out_count=2), TOTALS)
    assert equation.whole == Term(12, "rows in file")
    assert equation.parts[-1] == Term(2, "left out before")
    assert equation.adds_up


def test_batch_equation_shows_when_a_row_is_lost():
    assert not batch_equation(Batch(row_count=13, left_out_count=2), TOTALS).adds_up


def test_segments_follow_each_other_in_rows():
    assert segments(TOTALS) == [
        Segment("c-credited", 0, 4),
        Segment("c-failed", 4, 1),
        Segment("c-unknown", 5, 3),
    ]


@pytest.mark.parametrize(
    ("totals", "percent"),
    [(Totals(), 0), (TOTALS, 50), (Totals(rows=200, credited=199), 99), (Totals(rows=2, credited=1, failed=1), 100)],
)
def test_percent_decided_is_rounded_down(totals, percent):
    assert percent_decided(totals) == percent


@pytest.mark.parametrize(
    ("state", "run", "totals", "status"),
    [
        (BatchState.SUBMITTED, None, Totals(), AWAITING_APPROVAL),
        (BatchState.APPROVED, RunState.QUEUED, Totals(), APPROVED),
        (BatchState.APPROVED, RunState.RUNNING, TOTALS, RUNNING),
        (BatchState.APPROVED, RunState.SETTLED, TOTALS, UNKNOWN),
        (
            BatchState.APPROVED,
            RunState.SETTLED,
            Totals(rows=2, credited=1, failed=1),
            replace(CREDITED, shape="failed", failed=1),
        ),
        (BatchState.APPROVED, RunState.SETTLED, Totals(rows=1, failed=1), FAILED),
    ],
)
def test_status_of_a_batch_by_its_newest_run(state, run, totals, status):
    assert status_of(Batch(state=state), totals, Run(state=run) if run else None) == status


def facts(state=BatchState.APPROVED):
    return BatchFacts(state=state, maker_ids=frozenset({1}), uploaded_by_id=1, submitted_by_id=1)


def test_acts_of_the_maker_of_a_submitted_batch():
    maker = Actor(1, "Meera", frozenset({Role.ADMIN, Role.APPROVER}))
    found = acts(Batch(state="submitted"), Totals(), actor=maker, facts=facts(BatchState.SUBMITTED), newest=None)
    assert found == Acts(decide=False, withdraw=True, rerun=0, why_no_rerun="", export=True)


def test_acts_of_an_approver_of_a_submitted_batch():
    approver = Actor(2, "Rajesh", frozenset({Role.APPROVER}))
    found = acts(Batch(state="submitted"), Totals(), actor=approver, facts=facts(BatchState.SUBMITTED), newest=None)
    assert found == Acts(decide=True, withdraw=False, rerun=0, why_no_rerun="", export=True)


@pytest.mark.parametrize(
    ("role", "run", "why"),
    [
        (Role.ADMIN, RunState.SETTLED, ""),
        (Role.ADMIN, RunState.RUNNING, "Failed rows can be run again once the run has ended."),
        (Role.AUDITOR, RunState.SETTLED, "To run failed rows again you need the role admin."),
    ],
)
def test_acts_say_why_failed_rows_cannot_be_run_again(role, run, why):
    actor = Actor(2, "Asha", frozenset({role}))
    found = acts(Batch(state="approved"), TOTALS, actor=actor, facts=facts(), newest=Run(state=run))
    assert (found.rerun, found.why_no_rerun) == (1, why)


def test_acts_run_no_rows_again_whose_people_are_forgotten():
    found = acts(
        Batch(state="approved"),
        TOTALS,
        actor=Actor(2, "Asha", frozenset({Role.ADMIN})),
        facts=replace(facts(), is_erased=True),
        newest=Run(state=RunState.SETTLED),
    )
    assert "were erased" in found.why_no_rerun
