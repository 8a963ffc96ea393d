"""The approval policy changes when two people agree, and its limits are kept."""

from dataclasses import asdict, replace

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from allocations.domain.approval_policies import Terms, Version
from allocations.domain.days import IST
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict, StepUpNeeded
from allocations.domain.policy import Role
from allocations.models import ApprovalPolicy, Batch, Run, TrailEntry, Vote
from allocations.selectors.approval_policies import in_force, recent_past
from allocations.services import approval, roles
from allocations.services.approval import approve_batch
from allocations.services.approval_policies import confirm_policy, propose_policy, refuse_policy
from allocations.services.submission import submit_batch
from tests.factories.lists import AccountFactory
from tests.factories.people import actor, known, person
from tests.factories.policies import agree
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db
TERMS = Terms(two_from_points=500, most_points_day=1_000)


def propose(who=None, terms: Terms = TERMS, note: str = " More eyes. ") -> ApprovalPolicy:
    return propose_policy(who or actor("owner"), terms=terms, note=note)


def told() -> list[tuple[str, dict]]:
    return list(TrailEntry.objects.filter(event__contains="policy").order_by("id").values_list("event", "data"))


def test_as_installed_one_approver_is_enough_and_nothing_else_limits() -> None:
    assert in_force() == Version(1, Terms())


@pytest.mark.parametrize("second", ["owner", "approver"])
def test_it_is_in_force_when_a_second_person_confirms(second: str) -> None:
    owner, other = actor("owner"), actor(second)
    proposal = propose(owner)
    assert propose(owner) == proposal
    assert in_force().number == 1
    for _ in range(2):
        assert confirm_policy(other, policy_id=proposal.pk).number == 2
    assert in_force() == Version(2, TERMS)
    assert told() == [
        ("approval policy proposed", {"terms": asdict(TERMS), "note": "More eyes."}),
        ("approval policy confirmed", {"number": 2, "terms": asdict(TERMS), "proposed_by": owner.id}),
    ]
    assert agree(two_from_rows=9).number == 3


def test_nobody_changes_it_alone_or_without_the_role() -> None:
    owner = actor("owner", "approver")
    for who in (actor("admin"), actor("approver"), actor("auditor"), known(person(is_superuser=True))):
        with pytest.raises(NotAllowed):
            propose(who)
    proposal = propose(owner)
    for who in (owner, actor("admin"), actor("auditor"), known(person(is_superuser=True))):
        with pytest.raises(NotAllowed):
            confirm_policy(who, policy_id=proposal.pk)
    assert in_force().number == 1


def test_both_show_who_they_are() -> None:
    with pytest.raises(StepUpNeeded):
        propose(replace(actor("owner"), known_at=None))
    proposal = propose()
    with pytest.raises(StepUpNeeded):
        confirm_policy(replace(actor("owner"), known_at=None), policy_id=proposal.pk)


def test_roles_count_as_they_are_now() -> None:
    owner, second = actor("owner"), actor("owner")
    proposal = propose(owner)
    User.objects.get(pk=owner.id).groups.clear()
    with pytest.raises(StateConflict, match="no owner any more"):
        confirm_policy(second, policy_id=proposal.pk)
    User.objects.get(pk=second.id).groups.clear()
    with pytest.raises(NotAllowed):
        refuse_policy(second, policy_id=proposal.pk)


def test_a_new_approver_confirms_none_on_the_first_day() -> None:
    owner, new = actor("owner"), person()
    given = roles.give_role(owner, person_id=new.pk, role=Role.APPROVER)
    roles.confirm_role(actor("owner"), proposal_id=given.pk)
    with pytest.raises(NotAllowed, match="less than 24 hours ago"):
        confirm_policy(known(new), policy_id=propose(owner).pk)


@pytest.mark.parametrize("own", [True, False])
def test_it_is_turned_down_by_one(own: bool) -> None:
    owner = actor("owner")
    proposal = propose(owner)
    with pytest.raises(StateConflict, match="proposed already"):
        propose(actor("owner"), terms=Terms(two_from_rows=1))
    who = owner if own else actor("approver")
    for _ in range(2):
        refuse_policy(who, policy_id=proposal.pk)
    assert told()[-1] == (f"approval policy {'withdrawn' if own else 'rejected'}", {"proposed_by": owner.id})
    with pytest.raises(StateConflict, match="decided already"):
        confirm_policy(actor("owner"), policy_id=proposal.pk)
    assert (in_force().number, propose(owner).pk == proposal.pk) == (1, False)


def test_terms_and_note_are_checked(settings) -> None:
    settings.MAX_POINTS_PER_BATCH = 1_000
    with pytest.raises(InvalidInput, match="A policy can only be stricter"):
        propose(terms=Terms(most_points_batch=1_001))
    with pytest.raises(InvalidInput, match="in force already"):
        propose(terms=Terms())
    with pytest.raises(InvalidInput, match="Say why"):
        propose(note="  ")
    with pytest.raises(InvalidInput, match="There is no proposed policy 99"):
        confirm_policy(actor("owner"), policy_id=99)


@pytest.mark.parametrize(
    "changes",
    [{"two_from_points": None}, {"note": "x"}, {"number": 7}, {"state": "open", "number": None, "decided_at": None}],
    ids=lambda changes: next(iter(changes)),
)
def test_the_database_keeps_what_was_agreed_on(changes) -> None:
    policy = agree(two_from_points=500)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalPolicy.objects.filter(pk=policy.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalPolicy.objects.filter(pk=policy.pk)._raw_delete("default")


def test_the_database_wants_a_second_person() -> None:
    proposal = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalPolicy.objects.update(
            state="confirmed", number=2, decided_by=proposal.proposed_by, decided_at=proposal.proposed_at
        )


# Limits ---------------------------------------------------------------------------------------------------------------


def submitted(portal: Portal, **fields) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(**fields).pk)


def approve(batch: Batch, who) -> Run | None:
    return approve_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"most_points_batch": 299}, "The list totals 300 points; the limit is 299"),
        ({"most_points_row": 99}, "A row gives 100 points; the limit is 99 a row"),
        ({"most_points_day": 299}, "from one account 299 a day can be approved"),
    ],
)
def test_a_list_beyond_a_limit_is_not_submitted(portal: Portal, terms, said: str) -> None:
    batch = portal.review_batch(rows=3)
    agree(**terms)
    with pytest.raises(InvalidInput, match=said):
        submit_batch(portal.maker, batch_id=batch.pk)
    agree(**{name: limit + 1 for name, limit in terms.items()})
    assert submit_batch(portal.maker, batch_id=batch.pk).policy == 3


def test_a_lower_ceiling_of_the_installation_is_noticed_at_approval(portal: Portal, settings) -> None:
    batch = submitted(portal, rows=3)
    settings.MAX_POINTS_PER_ROW = 99
    with pytest.raises(StateConflict, match="99 a row"):
        approve(batch, portal.approver)
    assert not Vote.objects.exists()


def test_the_limit_of_a_day_is_counted_by_account_and_day_in_india(portal: Portal, monkeypatch) -> None:
    monkeypatch.setattr(approval, "database_now", portal.clock)
    portal.clock.now = portal.clock.now.astimezone(IST).replace(hour=23, minute=59)
    agree(most_points_day=500)
    first, second = submitted(portal, rows=3), submitted(portal, rows=3, amount=99)
    portal.account = AccountFactory()
    elsewhere = submitted(portal, rows=3, amount=98)
    approve(first, portal.approver)
    with pytest.raises(StateConflict, match=r"^300 points from this account were approved today"):
        approve(second, portal.approver)
    assert approve(elsewhere, portal.approver)
    portal.clock.forward(minutes=2)
    assert approve(second, portal.approver)


def test_the_past_is_read_in_the_order_of_approvals(portal: Portal) -> None:
    first, second, third = (submitted(portal, rows=2, amount=100 + n) for n in range(3))
    approve(second, portal.approver)
    approve(first, portal.approver)
    batches, past, given = recent_past(Terms())
    assert [one.batch_id for one in past] == [second.pk, first.pk, third.pk]
    assert [(one.points, one.rows, one.largest, one.day is None) for one in past][1:] == [
        (200, 2, 100, False),
        (204, 2, 102, True),
    ]
    assert (set(batches), given) == ({first.pk, second.pk, third.pk}, {})
