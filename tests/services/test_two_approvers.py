"""Two approvers where the policy asks for them, and every way around the second one."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from allocations.domain.errors import NotAllowed, StateConflict
from allocations.domain.manifest import digest
from allocations.models import Attempt, Batch, Row, Run, TrailEntry, Vote
from allocations.services import approval, cancelling, runs, submission
from allocations.services.approval import approve_batch, send_back_batch
from allocations.services.submission import submit_batch, withdraw_batch
from tests.factories.people import actor, known, person
from tests.factories.policies import agree
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_clock(portal: Portal, monkeypatch) -> None:
    for service in (submission, approval, runs, cancelling):
        monkeypatch.setattr(service, "database_now", portal.clock)


@pytest.fixture
def batch(portal: Portal) -> Batch:
    """300 points, and two approvers are needed."""
    agree(two_from_points=300)
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=3).pk)


@pytest.fixture
def second():
    return actor("approver")


def approve(batch: Batch, who, **changes) -> Run | None:
    return approve_batch(who, batch_id=batch.pk, **({"version": batch.version, "digest": batch.digest} | changes))


def state_of(batch: Batch) -> tuple[str, int, int]:
    return Batch.objects.get(pk=batch.pk).state, batch.votes.count(), batch.runs.count()


def test_submission_freezes_what_the_policy_asks_for(portal: Portal, batch: Batch) -> None:
    why = "Two approvers: it gives 300 points, and from 300 on the policy asks for two."
    assert (batch.policy, batch.approvers, batch.approvers_why) == (2, 2, why)
    manifest = json.loads(batch.manifest)
    assert (manifest["policy"], manifest["manifest_version"]) == ({"version": 2, "approvers": 2}, "4")
    less = submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk)
    assert (less.approvers, json.loads(less.manifest)["policy"]["approvers"]) == (1, 1)
    withdraw_batch(portal.maker, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.policy, batch.approvers, batch.approvers_why) == (1, 1, "")


def test_the_second_approval_begins_the_run(portal: Portal, batch: Batch, second) -> None:
    assert approve(batch, portal.approver) is None
    assert state_of(batch) == ("submitted", 1, 0)
    run = approve(batch, second)
    assert run
    assert [approve(batch, who) for who in (portal.approver, second)] == [run, run]
    assert state_of(batch) == ("approved", 2, 1)
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited"] * 3)
    check_invariants(portal)
    entries = TrailEntry.objects.filter(batch=batch, event__startswith="batch appr").order_by("id")
    assert [(entry.event, entry.actor_id) for entry in entries] == [
        ("batch approval given", portal.approver.id),
        ("batch approved", second.id),
    ]
    assert entries[1].data["approvers"] == sorted([portal.approver.id, second.id])


def test_the_same_person_is_not_two(portal: Portal, batch: Batch) -> None:
    approve(batch, portal.approver)
    with pytest.raises(StateConflict, match=r"^You approved this content already"):
        approve(batch, portal.approver)
    with pytest.raises(StateConflict, match=r"^You approved this content already"):
        send_back_batch(
            portal.approver, batch_id=batch.pk, version=batch.version, digest=batch.digest, reason="I was wrong"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            batch=batch,
            version=batch.version,
            digest=batch.digest,
            decision="approve",
            voted_by_id=portal.approver.id,
            voted_at=portal.clock(),
        )
    assert state_of(batch) == ("submitted", 1, 0)


@pytest.mark.parametrize("who", ["maker", "editor", "superuser", "recipient", "auditor", "owner"])
def test_nobody_else_is_the_second(portal: Portal, who: str) -> None:
    agree(two_from_rows=1)
    uploader, editor = person("admin", "approver"), person("admin", "approver")
    found = portal.review_batch(rows=2, uploaded_by=uploader)
    found.editors.create(user=editor)
    recipient = person("approver", email=found.rows.first().email)
    batch = submit_batch(portal.maker, batch_id=found.pk)
    approve(batch, portal.approver)
    someone = {
        "maker": known(uploader),
        "editor": known(editor),
        "superuser": known(person(is_superuser=True, is_staff=True)),
        "recipient": known(recipient),
        "auditor": actor("auditor"),
        "owner": actor("owner"),
    }[who]
    with pytest.raises(NotAllowed):
        approve(batch, someone)
    assert state_of(batch) == ("submitted", 1, 0)


def test_another_content_begins_at_none(portal: Portal, batch: Batch, second) -> None:
    approve(batch, portal.approver)
    seen = {"version": batch.version, "digest": batch.digest}
    withdraw_batch(portal.maker, batch_id=batch.pk)
    again = submit_batch(portal.maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match=r"^The list changed"):
        approve(again, second, **seen)
    assert approve(again, second) is None
    assert approve(again, portal.approver)


def test_the_second_can_send_it_back(portal: Portal, batch: Batch, second) -> None:
    approve(batch, portal.approver)
    send_back_batch(second, batch_id=batch.pk, version=batch.version, digest=batch.digest, reason="Wrong month")
    assert state_of(batch) == ("review", 2, 0)


def test_an_approval_under_an_older_policy_cannot_be_completed(portal: Portal, batch: Batch, second) -> None:
    approve(batch, portal.approver)
    agree(two_from_points=301)
    with pytest.raises(StateConflict, match="under approval policy 2, and policy 3 is in force now"):
        approve(batch, second)
    assert state_of(batch) == ("submitted", 1, 0)
    withdraw_batch(portal.maker, batch_id=batch.pk)
    assert approve(submit_batch(portal.maker, batch_id=batch.pk), second)


def test_a_run_does_not_begin_under_an_older_policy(portal: Portal, batch: Batch, second) -> None:
    approve(batch, portal.approver)
    run = approve(batch, second)
    agree(two_from_points=1)
    for _ in range(2):
        assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "other_policy", {})
        runs.resume_run(portal.maker, run_id=run.pk)
    assert Attempt.objects.count() == 0


def demote(portal: Portal) -> None:
    User.objects.get(pk=portal.approver.id).groups.clear()


def age(portal: Portal) -> None:
    portal.clock.forward(days=7, seconds=1)


@pytest.mark.parametrize("change", [demote, age])
def test_a_first_approval_that_holds_no_more_does_not_count(portal: Portal, batch: Batch, second, change) -> None:
    approve(batch, portal.approver)
    change(portal)
    assert approve(batch, second) is None
    run = approve(batch, actor("approver"))
    assert (portal.drain(run).state, portal.states(run)) == ("settled", ["credited"] * 3)


@pytest.mark.parametrize(("change", "code"), [(demote, "unapproved"), (age, "lapsed")])
def test_each_approval_has_to_hold_when_the_run_begins(portal: Portal, batch: Batch, second, change, code) -> None:
    approve(batch, portal.approver)
    run = approve(batch, second)
    change(portal)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", code, {})


# Past the services ----------------------------------------------------------------------------------------------------


def past_the_service(batch: Batch, who, **changes) -> None:
    with transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(
            state="approved", approved_by=who.id, approved_at=batch.submitted_at + timedelta(seconds=1), **changes
        )


@pytest.mark.parametrize("changes", [{}, {"approvers": 1}, {"policy": 1, "approvers": 1}])
def test_the_database_counts_the_votes(portal: Portal, batch: Batch, second, changes) -> None:
    approve(batch, portal.approver)
    with pytest.raises(IntegrityError, match=r"votes|frozen"):
        past_the_service(batch, second, **changes)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Batch.objects.filter(pk=batch.pk).update(**(changes or {"approvers_why": "None."}))
    assert state_of(batch) == ("submitted", 1, 0)


FEWER = {
    "the number": {"approvers": 1},
    "the policy": {"policy": 1},
}


@pytest.mark.parametrize("changes", FEWER.values(), ids=FEWER)
def test_what_was_changed_without_triggers_is_not_sent(portal: Portal, batch: Batch, second, changes) -> None:
    approve(batch, portal.approver)
    run = approve(batch, second)
    remove_triggers(connection)
    Batch.objects.filter(pk=batch.pk).update(**changes)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "tampered", {})


def test_a_run_with_one_of_two_votes_is_not_sent(portal: Portal, batch: Batch, second) -> None:
    approve(batch, portal.approver)
    remove_triggers(connection)
    past_the_service(batch, second)
    run = runs.create_run(Batch.objects.get(pk=batch.pk), actor=second, now=portal.clock())
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "tampered", {})


def test_a_manifest_that_asks_for_fewer_is_not_what_was_signed(portal: Portal, batch: Batch, second) -> None:
    approve(batch, portal.approver)
    remove_triggers(connection)
    lower = json.dumps(
        json.loads(batch.manifest) | {"policy": {"version": 2, "approvers": 1}}, separators=(",", ":"), sort_keys=True
    )
    past_the_service(batch, second, approvers=1, manifest=lower, digest=digest(lower))
    run = runs.create_run(Batch.objects.get(pk=batch.pk), actor=second, now=portal.clock())
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "tampered", {})


def test_a_row_changed_between_the_votes_and_the_run_is_not_sent(portal: Portal, batch: Batch, second) -> None:
    approve(batch, portal.approver)
    run = approve(batch, second)
    remove_triggers(connection)
    Row.objects.filter(batch=batch, number=2).update(amount=101)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "tampered", {})
