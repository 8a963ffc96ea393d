import pytest

from allocations.domain.stop_loss import Lately, Loss, StopLossRules, loss

RULES = StopLossRules(percent=20, minimum_rows=20, at_first_unknown=False)
NEVER = StopLossRules(percent=0, minimum_rows=1, at_first_unknown=False)
UNKNOWN = StopLossRules(percent=20, minimum_rows=20, at_first_unknown=True)


@pytest.mark.parametrize(
    ("rules", "decided", "failed", "unknown", "pause"),
    [
        (RULES, 0, 0, 0, None),
        (RULES, 19, 19, 0, None),
        (RULES, 20, 3, 0, None),
        (RULES, 20, 4, 0, "stop_loss"),
        (RULES, 1000, 199, 0, None),
        (RULES, 1000, 200, 0, "stop_loss"),
        (RULES, 50, 0, 50, None),
        (NEVER, 50, 50, 0, None),
        (UNKNOWN, 0, 0, 1, "first_unknown"),
        (UNKNOWN, 50, 50, 0, "stop_loss"),
        (UNKNOWN, 50, 50, 1, "first_unknown"),
    ],
)
def test_loss_is_a_share_of_what_is_decided_or_the_first_unknown_row(rules, decided, failed, unknown, pause) -> None:
    found = loss(Lately(decided=decided, failed=failed, unknown=unknown), rules=rules)
    assert (found and found.pause) == pause


def test_loss_tells_the_figures() -> None:
    found = loss(Lately(decided=1200, failed=317), rules=RULES)
    assert found == Loss("stop_loss", "317 of 1,200 rows failed, 26 %; the limit is 20 %")
