import pytest

from allocations.domain.answers import Before
from allocations.domain.history import EarlierCall, before

LOST = EarlierCall(other_run=False, result="no_answer", outcome="unknown", reason="no_answer")
UNAPPLIED = EarlierCall(other_run=False, result="", outcome="", reason="")
SKIPPED = EarlierCall(other_run=False, result="rows", outcome="unknown", reason="not_in_answer")
THROTTLED = EarlierCall(other_run=False, result="throttled", outcome="unknown", reason="no_answer")
FAILED = EarlierCall(other_run=False, result="rows", outcome="failed", reason="other")
MISCOUNTED = EarlierCall(other_run=False, result="rows", outcome="unknown", reason="counts_differ")
REFUSED = EarlierCall(other_run=False, result="refused_whole", outcome="unknown", reason="no_answer")
POOR = EarlierCall(other_run=False, result="insufficient_balance", outcome="unknown", reason="no_answer")
# Lost, then listed as failed by a look-up: nothing of that is on the call itself.
FORMER_RUN = EarlierCall(other_run=True, result="no_answer", outcome="unknown", reason="no_answer")


def test_a_row_without_an_earlier_call_has_no_history() -> None:
    assert before([]) is Before.NOTHING


@pytest.mark.parametrize("calls", [[LOST], [UNAPPLIED], [SKIPPED], [THROTTLED], [LOST, SKIPPED]])
def test_calls_that_nobody_refused_may_have_credited(calls) -> None:
    assert before(calls) is Before.MAYBE


@pytest.mark.parametrize("refusal", [FAILED, MISCOUNTED, REFUSED, POOR, FORMER_RUN])
@pytest.mark.parametrize("others", [[], [LOST]])
def test_one_refusal_among_the_calls_is_enough(refusal, others) -> None:
    assert before([refusal, *others]) is before([*others, refusal]) is Before.FAILED
