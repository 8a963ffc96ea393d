"""Owners who act at the same moment: one of them stays, and a role is given once."""

import pytest
from django.contrib.auth.models import User

from allocations.domain.policy import Role
from allocations.models import TrailEntry
from allocations.services import roles, roster
from tests.at_once import at_once
from tests.factories.people import actor, person

pytestmark = pytest.mark.django_db(transaction=True)
OWNERS = User.objects.filter(is_active=True, groups__name="owner")


@pytest.mark.parametrize("act", ["take", "deactivate"])
def test_two_owners_who_remove_each_other_leave_one(act) -> None:
    first, second = actor("owner"), actor("owner")
    remove = {
        "take": lambda who, other: roles.take_role(who, person_id=other.id, role=Role.OWNER),
        "deactivate": lambda who, other: roster.deactivate_person(who, person_id=other.id),
    }[act]
    said = at_once(lambda: remove(first, second), lambda: remove(second, first))
    assert (said.count("ok"), OWNERS.all().count()) == (1, 1)


def test_two_who_confirm_give_a_role_once() -> None:
    user = person()
    proposal = roles.give_role(actor("owner"), person_id=user.pk, role=Role.OWNER)
    one, two = actor("owner"), actor("approver")
    said = at_once(
        lambda: roles.confirm_role(one, proposal_id=proposal.pk),
        lambda: roles.confirm_role(two, proposal_id=proposal.pk),
    )
    assert (said.count("ok"), TrailEntry.objects.filter(event="role confirmed").count()) == (1, 1)
