from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.calls import LONGEST_WAIT, RULES, CallResult, RowsAfter, consequence
from allocations.domain.pauses import Pause
from allocations.enkash.answer import AnswerKind

NOTHING = timedelta(0)
# result: what becomes of the rows, the result in a row that pauses, why, whether the run waits before it.
TABLE = {
    "rows": ("per_row", None, None, False),
    "refused_whole": ("back", 1, Pause.REFUSED, False),
    "unauthorized": ("back", 2, Pause.LOGIN, False),
    "throttled": ("back", None, None, True),
    "insufficient_balance": ("unknown", 1, Pause.BALANCE, False),
    "redirected": ("unknown", 1, Pause.REDIRECTED, False),
    "server_error": ("unknown", 3, Pause.SERVER_ERRORS, True),
    "unreadable": ("unknown", 2, Pause.UNREADABLE, True),
    "not_sent": ("back", 5, Pause.UNREACHABLE, True),
    "bad_certificate": ("back", 1, Pause.CERTIFICATE, False),
    "no_answer": ("unknown", 3, Pause.NO_ANSWER, True),
}


@pytest.mark.parametrize("result", CallResult)
def test_consequence_follows_the_table(result: CallResult) -> None:
    rows, breaks_at, pause, backs_off = TABLE[result.value]
    assert RULES[result].rows == rows
    for streak in range(7):
        then = consequence(result, streak=streak)
        stops = breaks_at is not None and streak + 1 >= breaks_at
        assert then.pause == (pause if stops else None)
        assert bool(then.wait) == (backs_off and not stops)


@pytest.mark.parametrize("kind", AnswerKind)
def test_every_kind_of_answer_is_a_result(kind: AnswerKind) -> None:
    assert CallResult(kind.value).value == kind.value


def test_consequence_counts_from_anew_after_rows() -> None:
    assert consequence(CallResult.ROWS, streak=4).streak == 0
    assert consequence(CallResult.NO_ANSWER, streak=1).streak == 2


@pytest.mark.parametrize(
    ("streak", "retry_after", "seconds"),
    [
        (0, None, 1),
        (1, None, 2),
        (4, None, 16),
        (0, 30.0, 30),
        (9, None, 512),
        (50, None, 900),
        (0, 1e9, 900),
        (0, -5.0, 1),
    ],
)
def test_consequence_doubles_the_wait_or_does_as_asked(streak, retry_after, seconds) -> None:
    then = consequence(CallResult.THROTTLED, streak=streak, retry_after=retry_after)
    assert then.wait == timedelta(seconds=seconds)


@given(st.sampled_from(CallResult), st.integers(0, 10_000), st.none() | st.floats(-1e12, 1e12))
def test_consequence_never_waits_long_and_never_spins(result, streak, retry_after) -> None:
    """F37."""
    then = consequence(result, streak=streak, retry_after=retry_after)
    assert NOTHING <= then.wait <= LONGEST_WAIT
    spins = result not in {CallResult.ROWS, CallResult.UNAUTHORIZED}
    assert then.pause or then.wait or not spins


def test_only_calls_that_can_have_had_no_effect_put_rows_back() -> None:
    back = {result.value for result, rule in RULES.items() if rule.rows is RowsAfter.BACK}
    assert back == {"refused_whole", "unauthorized", "throttled", "not_sent", "bad_certificate"}
