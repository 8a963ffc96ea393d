import pytest

from allocations.domain.answers import Before
from allocations.domain.history import EarlierCall, before

LOST = EarlierCall(other_run=False, outcome="unknown")
UNAPPLIED = EarlierCall(other_run=False, outcome="")
FAILED = EarlierCall(other_run=False, outcome="failed")
# Lost, then listed as failed by a look-up: nothing of that is on the call itself.
FORMER_RUN = EarlierCall(other_run=True, outcome="unknown")


def test_a_row_without_an_earlier_call_has_no_history() -> None:
    assert before([]) is Before.NOTHING


@pytest.mark.parametrize("calls", [[LOST], [UNAPPLIED], [LOST, UNAPPLIED]])
def test_calls_that_nobody_refused_may_have_credited(calls) -> None:
    assert before(calls) is Before.MAYBE


@pytest.mark.parametrize("refusal", [FAILED, FORMER_RUN])
@pytest.mark.parametrize("others", [[], [LOST]])
def test_one_refusal_among_the_calls_is_enough(refusal, others) -> None:
    assert before([refusal, *others]) is before([*others, refusal]) is Before.FAILED
