"""Who may do what with people: roles x relation x state of the account."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from allocations.domain import roster
from allocations.domain.errors import NotAllowed, StateConflict
from allocations.domain.policy import Actor, Role
from allocations.domain.roster import PersonFacts

SETS = [frozenset(), *(frozenset({role}) for role in Role), frozenset(Role)]
ME, OTHER, THIRD = 1, 2, 3
NOW = datetime(2026, 11, 11, tzinfo=UTC)
DECIDERS = {Role.OWNER, Role.APPROVER}


def actor(roles) -> Actor:
    return Actor(ME, "Asha", frozenset(roles))


def facts(person_id: int = OTHER, *, active: bool = True, joined: bool = True) -> PersonFacts:
    return PersonFacts(person_id, active, joined, frozenset())


@pytest.mark.parametrize("roles", SETS)
def test_people_are_seen_and_invited_by_these(roles) -> None:
    assert roster.can_see_people(actor(roles)) == bool(roles & (DECIDERS | {Role.AUDITOR}))
    assert roster.can_invite(actor(roles)) == (Role.OWNER in roles)


@pytest.mark.parametrize(("roles", "who", "active", "joined"), list(product(SETS, (ME, OTHER), *[(True, False)] * 2)))
def test_an_owner_changes_everybody_but_themselves(roles, who, active, joined) -> None:
    owner, person = Role.OWNER in roles and who == OTHER, facts(who, active=active, joined=joined)
    assert roster.can_change_person(actor(roles), person) == owner
    assert roster.can_give_role(actor(roles), person) == (owner and active)
    assert roster.can_make_link(actor(roles), person) == (owner and active and not joined)


@pytest.mark.parametrize(
    ("roles", "who", "proposed_by", "active", "by_an_owner"),
    list(product(SETS, (ME, OTHER), (ME, THIRD), *[(True, False)] * 2)),
)
def test_a_role_is_confirmed_by_a_second_person(roles, who, proposed_by, active, by_an_owner) -> None:
    may = roster.can_confirm_role(
        actor(roles), facts(who, active=active), proposed_by_id=proposed_by, by_an_owner=by_an_owner
    )
    assert may == (bool(roles & DECIDERS) and who == OTHER and proposed_by == THIRD and active and by_an_owner)


@pytest.mark.parametrize(("hours", "settled"), [(None, True), (0, False), (23, False), (24, True), (900, True)])
def test_a_new_approver_waits_a_day(hours, settled) -> None:
    since = None if hours is None else NOW - timedelta(hours=hours)
    with nullcontext() if settled else pytest.raises(NotAllowed, match="less than 24 hours ago"):
        roster.check_settled_in(since, now=NOW)


def test_refusals_say_why() -> None:
    with pytest.raises(NotAllowed, match=r"^This is you\. Nobody changes their own roles or account"):
        roster.check_change_person(actor({Role.OWNER}), facts(ME))
    with pytest.raises(NotAllowed, match=r"^You proposed this role\."):
        roster.check_confirm_role(actor({Role.OWNER}), facts(), proposed_by_id=ME, by_an_owner=True)
    with pytest.raises(StateConflict, match=r"^This person has joined already\."):
        roster.check_make_link(actor({Role.OWNER}), facts())
