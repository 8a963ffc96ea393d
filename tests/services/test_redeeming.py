"""A person's page at EnKash: by owners, with a reason, in the trail before it opens."""

from urllib.request import urlopen

import pytest

from allocations.actors import actor_of
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict, StepUpNeeded
from allocations.domain.policy import Actor
from allocations.models import Row, TrailEntry
from allocations.services.redeeming import PageUnavailable, open_redeem_page
from tests.factories.people import actor, person
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"cause": "asked", "words": "Ticket 7"}


@pytest.fixture
def row(portal: Portal, settings) -> Row:
    settings.ENKASH_SSO_URL, settings.ENKASH_SSO_PARTNER = portal.sim.url, "hr ms"
    run = portal.drain(portal.approved_run(rows=1))
    return run.batch.rows.get()


def opened(portal: Portal, who: Actor, row: Row, **change: str) -> str:
    return open_redeem_page(who, batch_id=row.batch_id, number=row.number, gateway=portal.gateway, **WHY | change)


def test_owner_opens_it_and_the_trail_says_so(portal: Portal, row: Row) -> None:
    owner = actor("owner")
    address = opened(portal, owner, row)
    assert address.startswith(f"{portal.sim.url}/sso/sso-")
    assert address.endswith("/employee_rewards/hr%20ms")
    with urlopen(address, timeout=10) as page:
        assert page.status == 200
    entry = TrailEntry.objects.get(event="page at EnKash opened")
    assert (entry.actor_id, entry.batch_id, entry.data) == (
        owner.id,
        row.batch_id,
        {"row": row.number, "reference": row.reference, "cause": "asked", "reason": "Ticket 7"},
    )
    assert address.split("/sso/")[1].split("/")[0] not in entry.body


def test_it_is_in_the_trail_also_when_enkash_refuses(portal: Portal, row: Row) -> None:
    Row.objects.filter(pk=row.pk).update(card_id="CARDUNKNOWN")
    with pytest.raises(PageUnavailable, match="EnKash did not open the page: Card not found"):
        opened(portal, actor("owner"), row)
    assert TrailEntry.objects.filter(event="page at EnKash opened").count() == 1


def test_nobody_else_and_nobody_unknown_opens_it(portal: Portal, row: Row) -> None:
    with pytest.raises(NotAllowed, match="open a person's page at EnKash"):
        opened(portal, actor("admin", "approver", "auditor"), row)
    with pytest.raises(StepUpNeeded):
        opened(portal, actor_of(person("owner")), row)
    assert not TrailEntry.objects.filter(event="page at EnKash opened").exists()


@pytest.mark.parametrize("change", [{"cause": ""}, {"words": " "}, {"words": "call 98123 45671"}])
def test_reason_has_to_be_one(portal: Portal, row: Row, change) -> None:
    with pytest.raises(InvalidInput):
        opened(portal, actor("owner"), row, **change)


def test_there_has_to_be_a_page(portal: Portal, row: Row, settings) -> None:
    Row.objects.filter(pk=row.pk).update(card_id="")
    with pytest.raises(StateConflict, match="no card"):
        opened(portal, actor("owner"), row)
    settings.ENKASH_SSO_URL = ""
    with pytest.raises(StateConflict, match="not set up"):
        opened(portal, actor("owner"), row)
