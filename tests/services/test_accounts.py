"""Adding reward accounts and changing how many of their calls may be in flight."""

from datetime import timedelta

import pytest

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.models import Account, Lane, TrailEntry
from allocations.services import accounts
from tests.factories.batches import review_batch
from tests.factories.people import actor
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db


def numbers() -> list[int]:
    return list(Lane.objects.order_by("number").values_list("number", flat=True))


def test_add_account_gives_it_its_lanes_and_refuses_a_second_of_its_kind() -> None:
    owner = actor("owner")
    added = accounts.add_account(owner, name="New", company_id="CEK1", card_account_id="CA9", lanes=3)
    assert list(added.lanes.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    with pytest.raises(InvalidInput, match="exists already"):
        accounts.add_account(owner, name="New", company_id="CEK1", card_account_id="CA8")
    with pytest.raises(InvalidInput, match="is here already"):
        accounts.add_account(owner, name="Other", company_id="CEK1", card_account_id="CA9")


def test_remove_account_takes_one_away_that_has_no_batch(portal: Portal) -> None:
    owner = actor("owner")
    added = accounts.add_account(owner, name="Wrong", company_id="CEK1", card_account_id="CA9", lanes=2)
    with pytest.raises(NotAllowed):
        accounts.remove_account(portal.maker, account_id=added.pk)
    assert accounts.remove_account(owner, account_id=added.pk) == "Wrong"
    assert not Account.objects.filter(pk=added.pk).exists()
    entry = TrailEntry.objects.get(event="account removed")
    assert (entry.object_id, entry.data["card_account_id"]) == (added.pk, "CA9")
    with pytest.raises(InvalidInput, match="does not exist"):
        accounts.remove_account(owner, account_id=added.pk)


def test_remove_account_keeps_one_that_a_batch_names(portal: Portal) -> None:
    review_batch(account=portal.account)
    with pytest.raises(StateConflict, match="it stays"):
        accounts.remove_account(actor("owner"), account_id=portal.account.pk)
    assert Account.objects.filter(pk=portal.account.pk).exists()


def test_set_lanes_opens_and_closes_lanes_and_writes_the_trail(portal: Portal) -> None:
    owner = actor("owner")
    for lanes in (4, 2, 2):
        accounts.set_lanes(owner, account_id=portal.account.pk, lanes=lanes)
        assert numbers() == list(range(1, lanes + 1))
    changes = TrailEntry.objects.filter(event="lanes changed").order_by("id")
    assert [(entry.actor_id, entry.data) for entry in changes] == [
        (owner.id, {"from": 1, "to": 4}),
        (owner.id, {"from": 4, "to": 2}),
    ]


def test_set_lanes_never_takes_a_lane_with_a_call_away(portal: Portal) -> None:
    owner = actor("owner")
    accounts.set_lanes(owner, account_id=portal.account.pk, lanes=3)
    Lane.objects.filter(number=3).update(lease_owner="one", lease_expires_at=portal.clock() + timedelta(minutes=5))
    with pytest.raises(StateConflict, match=r"^1 of the lanes to be closed has a call on the way\. Nothing was"):
        accounts.set_lanes(owner, account_id=portal.account.pk, lanes=1)
    assert (numbers(), TrailEntry.objects.filter(event="lanes changed").count()) == ([1, 2, 3], 1)
    Lane.objects.filter(number=3).update(lease_expires_at=portal.clock() - timedelta(minutes=5))
    accounts.set_lanes(owner, account_id=portal.account.pk, lanes=1)
    assert numbers() == [1]


@pytest.mark.parametrize("lanes", [0, 17, -1])
def test_lanes_are_one_to_sixteen(portal: Portal, lanes: int) -> None:
    owner = actor("owner")
    with pytest.raises(InvalidInput, match="Enter 1 to 16"):
        accounts.set_lanes(owner, account_id=portal.account.pk, lanes=lanes)
    with pytest.raises(InvalidInput, match="Enter 1 to 16"):
        accounts.add_account(owner, name="New", company_id="CEK1", card_account_id="CA9", lanes=lanes)


def test_set_lanes_is_for_owners_and_for_accounts_that_exist(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        accounts.set_lanes(portal.maker, account_id=portal.account.pk, lanes=2)
    with pytest.raises(InvalidInput, match="does not exist"):
        accounts.set_lanes(actor("owner"), account_id=0, lanes=2)
