import pytest

from allocations.domain.history import Call, is_proved_by_listed_failure

LOST = Call(result="no_answer", outcome="unknown", reason="no_answer")
UNAPPLIED = Call(result="", outcome="", reason="")
THROTTLED = Call(result="throttled", outcome="unknown", reason="no_answer")
FAILED = Call(result="rows", outcome="failed", reason="other")
MISCOUNTED = Call(result="rows", outcome="unknown", reason="counts_differ")
REFUSED = Call(result="refused_whole", outcome="unknown", reason="no_answer")
POOR = Call(result="insufficient_balance", outcome="unknown", reason="no_answer")
DUPLICATE = Call(result="rows", outcome="unknown", reason="duplicate_reference")


@pytest.mark.parametrize(
    ("calls", "proved"),
    [
        ([], True),
        ([LOST], True),
        # The others left no entry, so it is the lost call's.
        ([LOST, DUPLICATE], True),
        ([THROTTLED, LOST], True),
        # Every one was refused, whosever the entry is.
        ([FAILED, FAILED, DUPLICATE], True),
        ([REFUSED, FAILED], True),
        # The other one may have credited, and not be listed yet.
        ([FAILED, LOST], False),
        ([REFUSED, LOST], False),
        # As after a run that ended, when a look-up called the row failed: nothing of that is on the call itself.
        ([LOST, LOST], False),
        ([LOST, UNAPPLIED], False),
        ([POOR, FAILED], False),
        ([FAILED, MISCOUNTED], False),
    ],
)
def test_a_listed_failure_is_proof_only_where_no_other_call_can_have_credited(calls, proved) -> None:
    assert is_proved_by_listed_failure(calls) is is_proved_by_listed_failure(calls[::-1]) is proved
