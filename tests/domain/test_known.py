from datetime import UTC, datetime, timedelta

import pytest

from allocations.domain.errors import StepUpNeeded
from allocations.domain.known import LASTS, Proofs, check_known, known_at
from allocations.domain.policy import Actor

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
OLD = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("proofs", "has_password", "has_factor", "at"),
    [
        (Proofs(), True, False, None),
        (Proofs(password_at=NOW), True, False, NOW),
        (Proofs(password_at=NOW), True, True, None),
        (Proofs(factor_at=NOW), True, True, None),
        (Proofs(password_at=NOW, factor_at=OLD), True, True, OLD),
        (Proofs(password_at=OLD, factor_at=NOW), True, True, OLD),
        (Proofs(password_at=NOW, elsewhere_at=NOW), False, True, None),
        (Proofs(factor_at=NOW), False, True, NOW),
        (Proofs(password_at=NOW), False, False, None),
        (Proofs(elsewhere_at=NOW), False, False, NOW),
    ],
)
def test_known_at_is_the_older_of_what_a_person_has_to_show(proofs, has_password, has_factor, at):
    assert known_at(proofs, has_password=has_password, has_factor=has_factor) == at


@pytest.mark.parametrize(("age", "ok"), [(timedelta(0), True), (LASTS, True), (LASTS + timedelta(seconds=1), False)])
def test_what_was_shown_holds_for_five_minutes(age, ok):
    actor = Actor(1, "Asha", frozenset(), known_at=NOW - age)
    if ok:
        check_known(actor, now=NOW)
    else:
        with pytest.raises(StepUpNeeded, match="show once more who you are"):
            check_known(actor, now=NOW)


def test_an_actor_who_showed_nothing_is_not_known():
    with pytest.raises(StepUpNeeded):
        check_known(Actor(1, "Asha", frozenset()), now=NOW)
