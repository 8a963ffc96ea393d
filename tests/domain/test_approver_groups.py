"""Names of groups, who may be in them, and which approvals are enough where a group is asked for."""

from contextlib import nullcontext

import pytest

from allocations.domain import approver_groups as rules
from allocations.domain.approver_groups import Asked
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.policy import Actor, Role
from allocations.domain.roster import PersonFacts

IN, OUT = True, False
FINANCE = "Finance"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Finance", "Finance"),
        ("  Finance \n team ", "Finance team"),
        ("e\u0301", "é"),
        ("वित्त", "वित्त"),
        ("x" * 40, "x" * 40),
    ],
)
def test_a_name_is_one_visible_line(typed, name) -> None:
    assert rules.group_name(typed) == name


@pytest.mark.parametrize("typed", ["", "   ", "x" * 41, "Fin\u200bance", "\u202eecnaniF", "a\x00b"])
def test_a_name_that_nobody_could_read_is_refused(typed) -> None:
    with pytest.raises(InvalidInput):
        rules.group_name(typed)


@pytest.mark.parametrize(("name", "free"), [("Finance", False), ("FINANCE", False), ("Finances", True)])
def test_a_name_is_taken_in_whatever_case(name, free) -> None:
    with nullcontext() if free else pytest.raises(InvalidInput, match="There is a group “finance” already"):
        rules.check_name_is_free(name, ["finance", "HR"])


@pytest.mark.parametrize("role", Role)
def test_an_owner_makes_groups(role) -> None:
    assert rules.can_make_group(Actor(1, "Asha", frozenset({role}))) == (role is Role.OWNER)


@pytest.mark.parametrize(
    ("role", "person", "refusal"),
    [
        (Role.OWNER, PersonFacts(2, True, True, frozenset({Role.APPROVER})), None),
        (Role.OWNER, PersonFacts(1, True, True, frozenset({Role.APPROVER})), NotAllowed),
        (Role.APPROVER, PersonFacts(2, True, True, frozenset({Role.APPROVER})), NotAllowed),
        (Role.OWNER, PersonFacts(2, False, True, frozenset({Role.APPROVER})), StateConflict),
        (Role.OWNER, PersonFacts(2, True, True, frozenset(Role) - {Role.APPROVER}), StateConflict),
    ],
)
def test_an_owner_proposes_another_approver(role, person, refusal) -> None:
    with pytest.raises(refusal) if refusal else nullcontext():
        rules.check_propose_member(Actor(1, "Asha", frozenset({role})), person)


@pytest.mark.parametrize(
    ("asked", "before", "who", "may", "enough"),
    [
        (Asked(1), [], OUT, True, True),
        (Asked(2), [], OUT, True, False),
        (Asked(2), [OUT], OUT, True, True),
        (Asked(1, FINANCE), [], IN, True, True),
        (Asked(1, FINANCE), [], OUT, False, None),
        # Of two either comes first.
        (Asked(2, FINANCE), [], OUT, True, False),
        (Asked(2, FINANCE), [], IN, True, False),
        (Asked(2, FINANCE), [OUT], IN, True, True),
        (Asked(2, FINANCE), [IN], OUT, True, True),
        (Asked(2, FINANCE), [IN], IN, True, True),
        (Asked(2, FINANCE), [OUT], OUT, False, None),
        # Who approved first as one of the group has left it since, and others came.
        (Asked(2, FINANCE), [OUT, OUT], OUT, False, None),
        (Asked(2, FINANCE), [OUT, OUT], IN, True, True),
    ],
)
def test_a_vote_that_could_not_complete_it_is_refused(asked, before, who, may, enough) -> None:
    refused = pytest.raises(NotAllowed, match=r"of the group “Finance”.* You can send it back or ask a question\.$")
    with nullcontext() if may else refused:
        rules.check_can_count(asked, before, is_member=who)
    if may:
        assert rules.is_enough(asked, [*before, who]) is enough
