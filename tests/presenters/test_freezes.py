from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from allocations.domain.policy import Actor, Role
from allocations.models import Freeze
from allocations.presenters.freezes import Banner, Switch, banner, past, release_task, switch

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
ASHA, RAVI = (
    User(id=1, username="asha", first_name="Asha", last_name="Rao"),
    User(id=2, username="ravi", first_name="Ravi", last_name="Nair"),
)
PROPOSED = "Asha Rao proposed the release, 11 Nov 2026, 14:05 IST."


def frozen(**fields) -> Freeze:
    return Freeze(frozen_by=ASHA, frozen_at=NOW, reason="EnKash called", **fields)


def actor(user: User, *roles: Role) -> Actor:
    return Actor(user.pk, user.username, frozenset(roles))


def test_banner_says_who_and_why():
    assert banner(None) is None
    assert banner(frozen()) == Banner("Asha Rao froze all sending, 11 Nov 2026, 14:05 IST.", "EnKash called")


def test_banner_begins_with_a_proposed_release():
    found = banner(frozen(release_proposed_by=RAVI, release_proposed_at=NOW))
    assert found is not None
    assert found.sentence == (
        "Ravi Nair proposed the release, 11 Nov 2026, 14:05 IST. Asha Rao froze all sending, 11 Nov 2026, 14:05 IST."
    )


def test_release_task_says_who_proposed_and_why_it_was_frozen():
    (task,) = release_task(frozen(release_proposed_by=ASHA, release_proposed_at=NOW), actor(RAVI, Role.APPROVER))
    assert (task.address, task.detail) == ("/freeze/", f"{PROPOSED} Frozen because “EnKash called”")


@pytest.mark.parametrize(
    ("freeze", "who", "act", "why_not", "said"),
    [
        (None, actor(RAVI, Role.APPROVER), "freeze", "", ""),
        (None, actor(RAVI, Role.ADMIN), "freeze", "To freeze all sending you need the role approver or owner.", ""),
        (frozen(), actor(ASHA, Role.OWNER), "propose", "", ""),
        (frozen(), actor(RAVI, Role.AUDITOR), "propose", "To release the freeze you need", ""),
        (
            frozen(release_proposed_by=ASHA, release_proposed_at=NOW),
            actor(RAVI, Role.OWNER),
            "confirm",
            "",
            PROPOSED,
        ),
        (
            frozen(release_proposed_by=ASHA, release_proposed_at=NOW),
            actor(ASHA, Role.OWNER),
            "confirm",
            "You proposed the release.",
            PROPOSED,
        ),
    ],
)
def test_switch_is_the_next_act_and_why_this_person_may_not(freeze, who, act, why_not, said):
    found = switch(freeze, who)
    assert (found.act, found.proposed) == (act, said)
    assert found.why_not.startswith(why_not)
    assert bool(found.why_not) == bool(why_not)


@pytest.mark.parametrize(
    ("who", "no"),
    [
        (actor(RAVI, Role.OWNER), "Reject the release"),
        (actor(ASHA, Role.OWNER), "Withdraw the release"),
        (actor(RAVI, Role.AUDITOR), ""),
    ],
)
def test_switch_says_how_to_say_no_to_a_release(who, no):
    assert switch(frozen(release_proposed_by=ASHA, release_proposed_at=NOW), who).no == no


def test_past_names_both_people():
    over = frozen(release_proposed_by=ASHA, release_proposed_at=NOW, released_by=RAVI, released_at=NOW, is_open=False)
    assert past(over) == (
        "Asha Rao froze all sending: “EnKash called”. Released 11 Nov 2026, 14:05 IST, "
        "proposed by Asha Rao, confirmed by Ravi Nair."
    )
    assert Switch("freeze", "") == switch(None, actor(RAVI, Role.OWNER))
