import pytest

from allocations.domain.accepting import (
    LONGEST_REASON,
    Accepted,
    Covered,
    Found,
    accepted,
    against_unaccepted,
    check_seen,
    check_shown,
    checked_reason,
    is_covered,
)
from allocations.domain.errors import InvalidInput, StateConflict

MADE_UP = Found("mobile_made_up", 3, 40)
TWICE = Found("same_person_and_amount", 1200, 41)


def covering(found: Found, newest: int) -> Covered:
    return Covered(found.code, newest, f"Why {found.code}")


@pytest.mark.parametrize(
    ("given", "expected"),
    [(None, False), (covering(MADE_UP, 39), False), (covering(MADE_UP, 40), True), (covering(MADE_UP, 99), True)],
)
def test_an_acceptance_covers_what_was_found_until_then(given: Covered | None, expected: bool) -> None:
    assert is_covered(MADE_UP, given) is expected


def test_every_cause_goes_with_its_reason_in_one_order() -> None:
    given = {one.code: covering(one, 41) for one in (TWICE, MADE_UP)} | {"gone": Covered("gone", 99, "Old")}
    assert accepted([TWICE, MADE_UP], given) == (
        Accepted("mobile_made_up", 3, "Why mobile_made_up"),
        Accepted("same_person_and_amount", 1200, "Why same_person_and_amount"),
    )
    assert accepted([], given) == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {},
            (
                "2 kinds of warnings are not accepted yet: “Mobile looks made up” in 3 rows, “Same person twice, same "
                "points” in 1,200 rows. Say why it is right, or change or leave out the rows."
            ),
        ),
        (
            {TWICE.code: covering(TWICE, 41), MADE_UP.code: covering(MADE_UP, 39)},
            (
                "1 kind of warning is not accepted yet: “Mobile looks made up” in 3 rows. Say why it is right, or change "
                "or leave out the rows."
            ),
        ),
    ],
)
def test_what_nobody_accepted_is_named_with_its_rows(given: dict[str, Covered], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accepted([TWICE, MADE_UP], given)
    assert refused.value.sentence == said


def test_nothing_stands_against_a_list_without_warnings() -> None:
    assert against_unaccepted([]) == ""


@pytest.mark.parametrize("reason", ["x", " Two shifts \n", "y" * LONGEST_REASON])
def test_a_reason_is_kept_without_the_space_around_it(reason: str) -> None:
    assert checked_reason(reason) == reason.strip()


@pytest.mark.parametrize(
    ("reason", "said"), [("", "The reason is empty"), (" \t", "The reason is empty"), ("y" * 501, "has 501 characters")]
)
def test_a_reason_that_says_nothing_or_too_much_is_refused(reason: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        checked_reason(reason)


def test_what_the_page_showed_may_be_accepted() -> None:
    check_shown(MADE_UP, Found("mobile_made_up", 3, 40))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "“Mobile looks made up” is in no row any more"),
        (Found("mobile_made_up", 4, 40), "is in 4 rows by now"),
        (Found("mobile_made_up", 3, 42), "is in 3 rows by now, or other rows have it. Nothing was changed."),
        (Found("mobile_made_up", 1, 40), "is in 1 row by now"),
    ],
)
def test_anything_else_is_a_conflict(found: Found | None, said: str) -> None:
    with pytest.raises(StateConflict, match=said):
        check_shown(found, MADE_UP)


def test_an_approver_has_seen_all_that_is_unusual() -> None:
    kinds = {"a": "First", "b": "Second", "repeat_7": "Points that batch 7 gives too"}
    check_seen(kinds, ["repeat_7", "b", "a", "x"])
    check_seen({}, [])
    with pytest.raises(InvalidInput) as refused:
        check_seen(kinds, ["b"])
    assert refused.value.sentence == (
        "2 not ticked: “First”, “Points that batch 7 gives too”. Look at each and tick it."
    )
