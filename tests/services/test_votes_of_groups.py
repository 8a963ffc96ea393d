"""Where the policy asks for an approver of a group: who may vote, whose votes count, and every way around it."""

import json

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from allocations.domain.errors import InvalidInput, NotAllowed
from allocations.domain.manifest import digest
from allocations.domain.policy import Role
from allocations.models import ApproverGroup, Batch, Notice, Run, TrailEntry, Vote
from allocations.services import approval, notices, planning, roles, roster, runs, sealing, submission
from allocations.services.approval import approve_batch, send_back_batch
from allocations.services.approver_groups import take_member
from allocations.services.submission import submit_batch, withdraw_batch
from tests.factories.groups import group, join
from tests.factories.people import actor, known, person
from tests.factories.policies import agree
from tests.services.conftest import Portal
from tests.services.invariants import check_invariants
from tests.triggers import remove_triggers

pytestmark = pytest.mark.django_db
OUTSIDE = "of the group “Finance”"


@pytest.fixture(autouse=True)
def one_clock(portal: Portal, monkeypatch) -> None:
    for service in (submission, approval, runs):
        monkeypatch.setattr(service, "database_now", portal.clock)


@pytest.fixture
def member() -> User:
    return person("approver")


@pytest.fixture
def finance(member: User) -> ApproverGroup:
    return group("Finance", member)


@pytest.fixture
def by_one(portal: Portal, finance) -> Batch:
    agree(one_of_group="Finance")
    return submitted(portal)


@pytest.fixture
def by_two(portal: Portal, finance) -> Batch:
    agree(two_from_rows=1, two_of_group="Finance")
    return submitted(portal)


def submitted(portal: Portal) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk)


def approve(batch: Batch, who, **changes) -> Run | None:
    return approve_batch(who, batch_id=batch.pk, **({"version": batch.version, "digest": batch.digest} | changes))


def state_of(batch: Batch) -> tuple[str, int, int]:
    return Batch.objects.get(pk=batch.pk).state, batch.votes.count(), batch.runs.count()


def test_submission_freezes_the_group(portal: Portal, by_two: Batch) -> None:
    why = "Two approvers: it has 2 rows, and from 1 on the policy asks for two. One of them must be of the group “Finance”."
    assert (by_two.approvers, by_two.approvers_group, by_two.approvers_why) == (2, "Finance", why)
    assert json.loads(by_two.manifest)["policy"] == {"version": 2, "approvers": 2, "group": "Finance"}
    assert TrailEntry.objects.get(event="batch submitted").data["group"] == "Finance"
    terms = TrailEntry.objects.get(event="approval policy confirmed").data["terms"]
    assert (terms["one_of_group"], terms["two_of_group"]) == ("", "Finance")
    withdraw_batch(portal.maker, batch_id=by_two.pk)
    by_two.refresh_from_db()
    assert by_two.approvers_group == ""


def test_of_one_the_approver_is_of_the_group(portal: Portal, by_one: Batch, member: User) -> None:
    with pytest.raises(NotAllowed, match=f"The approver of this batch must be {OUTSIDE}"):
        approve(by_one, portal.approver)
    assert state_of(by_one) == ("submitted", 0, 0)
    run = approve(by_one, known(member))
    assert (portal.drain(run).state, state_of(by_one)) == ("settled", ("approved", 1, 1))
    check_invariants(portal)
    entry = TrailEntry.objects.get(event="batch approved")
    assert (entry.data["group"], entry.data["of_group"]) == ("Finance", [member.pk])


@pytest.mark.parametrize("first_is_member", [True, False])
def test_of_two_either_may_be_first(portal: Portal, by_two: Batch, member: User, first_is_member: bool) -> None:
    order = [known(member), portal.approver] if first_is_member else [portal.approver, known(member)]
    assert approve(by_two, order[0]) is None
    if not first_is_member:
        with pytest.raises(NotAllowed, match="Nobody of it has approved yet, and you are not of it"):
            approve(by_two, actor("approver"))
    run = approve(by_two, order[1])
    assert (portal.drain(run).state, state_of(by_two)) == ("settled", ("approved", 2, 1))
    assert TrailEntry.objects.get(event="batch approved").data["of_group"] == [member.pk]


def test_an_outsider_can_send_it_back(portal: Portal, by_one: Batch) -> None:
    shown = {"version": by_one.version, "digest": by_one.digest}
    send_back_batch(portal.approver, batch_id=by_one.pk, reason="Whose list is it?", **shown)
    assert state_of(by_one) == ("review", 1, 0)


def leave(finance: ApproverGroup, member: User) -> None:
    take_member(actor("owner"), person_id=member.pk, group_id=finance.pk)


def lose_the_role(_finance: ApproverGroup, member: User) -> None:
    roles.take_role(actor("owner"), person_id=member.pk, role=Role.APPROVER)


def go(_finance: ApproverGroup, member: User) -> None:
    roster.deactivate_person(actor("owner"), person_id=member.pk)


GONE = pytest.mark.parametrize("gone", [leave, lose_the_role, go])


@GONE
def test_a_run_does_not_begin_when_its_member_has_left(portal: Portal, by_one: Batch, finance, member, gone) -> None:
    run = approve(by_one, known(member))
    gone(finance, member)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "unapproved", {})
    runs.resume_run(portal.maker, run_id=run.pk)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "unapproved", {})


@GONE
def test_nor_where_there_were_two(portal: Portal, by_two: Batch, finance, member, gone) -> None:
    run = [approve(by_two, who) for who in (known(member), portal.approver)][1]
    gone(finance, member)
    assert (portal.drain(run).state, run.pause_code, portal.ledger()) == ("paused", "unapproved", {})


def test_it_begins_while_another_of_them_is_of_the_group(portal: Portal, by_two: Batch, finance, member) -> None:
    other = person("approver")
    join(finance, other)
    run = [approve(by_two, who) for who in (known(member), known(other))][1]
    leave(finance, member)
    assert portal.drain(run).state == "settled"


def test_a_first_vote_of_who_left_no_longer_stands_for_the_group(
    portal: Portal, by_two: Batch, finance, member
) -> None:
    approve(by_two, known(member))
    leave(finance, member)
    with pytest.raises(NotAllowed, match=OUTSIDE):
        approve(by_two, portal.approver)
    newcomer = person("approver")
    join(finance, newcomer)
    assert approve(by_two, known(newcomer))
    assert TrailEntry.objects.get(event="batch approved").data["of_group"] == [newcomer.pk]


def test_who_has_the_superuser_flag_or_another_group_is_no_exception(portal: Portal, by_one: Batch) -> None:
    boss, other = person("approver", is_superuser=True, is_staff=True), person("approver")
    group("Financial", other)
    for who in (boss, other):
        with pytest.raises(NotAllowed, match=OUTSIDE):
            approve(by_one, known(who))
    assert state_of(by_one) == ("submitted", 0, 0)


def test_the_database_itself_refuses_an_approval_of_outsiders(portal: Portal, by_two: Batch) -> None:
    """Past the service."""
    for who in (portal.approver, actor("approver")):
        Vote.objects.create(
            batch=by_two,
            version=by_two.version,
            digest=by_two.digest,
            decision="approve",
            voted_by_id=who.id,
            voted_at=portal.clock(),
        )
    with pytest.raises(IntegrityError, match="somebody of the group"), transaction.atomic():
        Batch.objects.filter(pk=by_two.pk).update(
            state="approved", approved_by=portal.approver.id, approved_at=portal.clock()
        )
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Batch.objects.filter(pk=by_two.pk).update(approvers_group="")


@pytest.mark.parametrize("lie", ["the column", "column and manifest"])
def test_without_triggers_the_run_still_sends_nothing(portal: Portal, by_one: Batch, lie: str) -> None:
    remove_triggers(connection)
    manifest = json.loads(by_one.manifest)
    del manifest["policy"]["group"]
    lower = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    changes = {"approvers_group": ""}
    if lie == "column and manifest":
        changes |= {"manifest": lower, "digest": digest(lower)}
    run = approve_past(portal, by_one, changes)
    assert (portal.drain(run).state, portal.ledger()) == ("paused", {})
    assert run.pause_code == "tampered"


def approve_past(portal: Portal, batch: Batch, changes: dict[str, str]) -> Run:
    """An outsider's vote for what the member would have seen, then a batch that never asked for a group."""
    Vote.objects.create(
        batch=batch,
        version=batch.version,
        digest=batch.digest,
        decision="approve",
        voted_by_id=portal.approver.id,
        voted_at=portal.clock(),
    )
    now = portal.clock()
    approved = {"state": "approved", "approved_by": portal.approver.id, "approved_at": now}
    Batch.objects.filter(pk=batch.pk).update(**approved, **changes)
    return runs.create_run(Batch.objects.get(pk=batch.pk), actor=portal.approver, now=now, start_at=None)


def test_a_policy_names_only_groups_that_are_there(finance) -> None:
    with pytest.raises(InvalidInput, match="There is no group of approvers “finance”"):
        agree(one_of_group="finance")


def told() -> set[str]:
    sealing.link_entries()
    Notice.objects.all().delete()
    notices.collect(now=notices.database_now())
    return set(Notice.objects.filter(kind="to_approve").values_list("person__username", flat=True))


def test_only_those_whose_vote_could_count_are_asked(portal: Portal, finance, member: User) -> None:
    outsider = User.objects.get(pk=portal.approver.id)
    told()
    agree(one_of_group="Finance", two_from_rows=3, two_of_group="Finance")
    submitted(portal)
    assert told() == {member.username}
    large = submit_batch(portal.maker, batch_id=portal.review_batch(rows=3).pk)
    assert told() == {member.username, outsider.username}
    # Another outsider is not asked for the second one.
    person("approver")
    approve(large, portal.approver)
    assert told() == {member.username}


def test_a_policy_without_groups_leaves_the_manifest_as_it_was(portal: Portal) -> None:
    agree(two_from_rows=1)
    batch = submitted(portal)
    assert json.loads(batch.manifest)["policy"] == {"version": 2, "approvers": 2}
    assert planning.frozen_policy(batch) == {"version": 2, "approvers": 2}
