import pytest

from allocations.domain.answers import Before
from allocations.domain.history import Call, before, is_proved_by_listed_failure

LOST = Call(other_run=False, result="no_answer", outcome="unknown", reason="no_answer")
UNAPPLIED = Call(other_run=False, result="", outcome="", reason="")
SKIPPED = Call(other_run=False, result="rows", outcome="unknown", reason="not_in_answer")
THROTTLED = Call(other_run=False, result="throttled", outcome="unknown", reason="no_answer")
FAILED = Call(other_run=False, result="rows", outcome="failed", reason="other")
MISCOUNTED = Call(other_run=False, result="rows", outcome="unknown", reason="counts_differ")
REFUSED = Call(other_run=False, result="refused_whole", outcome="unknown", reason="no_answer")
POOR = Call(other_run=False, result="insufficient_balance", outcome="unknown", reason="no_answer")
# Lost, then listed as failed by a look-up: nothing of that is on the call itself.
FORMER_RUN = Call(other_run=True, result="no_answer", outcome="unknown", reason="no_answer")


def test_a_row_without_an_earlier_call_has_no_history() -> None:
    assert before([]) is Before.NOTHING


@pytest.mark.parametrize("calls", [[LOST], [UNAPPLIED], [SKIPPED], [THROTTLED], [LOST, SKIPPED]])
def test_calls_that_nobody_refused_may_have_credited(calls) -> None:
    assert before(calls) is Before.MAYBE


@pytest.mark.parametrize("refusal", [FAILED, MISCOUNTED, REFUSED, POOR, FORMER_RUN])
@pytest.mark.parametrize("others", [[], [LOST]])
def test_one_refusal_among_the_calls_is_enough(refusal, others) -> None:
    assert before([refusal, *others]) is before([*others, refusal]) is Before.FAILED


DUPLICATE = Call(other_run=False, result="rows", outcome="unknown", reason="duplicate_reference")


@pytest.mark.parametrize(
    ("calls", "proved"),
    [
        ([], True),
        ([LOST], True),
        ([FORMER_RUN], True),
        # The others left no entry, so it is the lost call's.
        ([LOST, DUPLICATE], True),
        ([THROTTLED, LOST], True),
        # Every one was refused, whosever the entry is.
        ([FAILED, FAILED, DUPLICATE], True),
        ([REFUSED, FAILED], True),
        # The other one may have credited, and not be listed yet.
        ([FAILED, LOST], False),
        ([REFUSED, LOST], False),
        ([FORMER_RUN, LOST], False),
        ([LOST, UNAPPLIED], False),
        ([POOR, FAILED], False),
        ([FAILED, MISCOUNTED], False),
    ],
)
def test_a_listed_failure_is_proof_only_where_no_other_call_can_have_credited(calls, proved) -> None:
    assert is_proved_by_listed_failure(calls) is is_proved_by_listed_failure(calls[::-1]) is proved
