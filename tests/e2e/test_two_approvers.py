"""A batch that needs two approvers, one of them of a group, decided by two people, each in a browser of their own."""

import re

from django.contrib.auth.models import User
from playwright.sync_api import Browser, expect

from allocations.services.submission import submit_batch
from tests.e2e.persons import Person
from tests.e2e.stack import PASSWORD
from tests.factories.batches import review_batch
from tests.factories.groups import group
from tests.factories.people import actor, person
from tests.factories.policies import agree


def approver(username: str) -> User:
    user = person("approver", username=username)
    user.set_password(PASSWORD)
    user.save()
    return user


def test_two_people_decide_and_one_of_them_is_of_the_group(live_server, browser: Browser) -> None:
    asha, sudha, meera = map(approver, ("asha", "sudha", "meera"))
    group("Finance", meera)
    agree(two_from_rows=3, two_of_group="Finance")
    batch = submit_batch(actor("admin"), batch_id=review_batch(ready=3).pk)
    first, other, last = (Person(browser, live_server.url, user.username) for user in (asha, sudha, meera))
    first.vote(batch.pk)
    expect(first.page.get_by_text("Nothing is sent yet")).to_be_visible()
    other.page.goto(f"/batches/{batch.pk}/approval/")
    button = other.page.get_by_role("button", name=re.compile("^Approve"))
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(other.page.get_by_text("somebody of that group must approve now").first).to_be_visible()
    last.approve(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.runs.count()) == ("approved", 1)
    assert [who.complaints for who in (first, other, last)] == [[], [], []]
