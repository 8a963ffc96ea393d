"""Inviting people, closing and opening their accounts, and owners made at the server."""

from dataclasses import replace

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.db import IntegrityError

from allocations.actors import actor_of
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict, StepUpNeeded
from allocations.domain.policy import Role
from allocations.models import RoleProposal, TrailEntry
from allocations.services import roles, roster
from allocations.services.roster import NewPerson
from tests.factories.people import actor, person

pytestmark = pytest.mark.django_db
MEERA = NewPerson("meera", "Meera", "Nair", "meera@example.com")


@pytest.fixture
def owner():
    return actor("owner")


def works(invitation) -> bool:
    return default_token_generator.check_token(User.objects.get(pk=invitation.person.pk), invitation.key)


def test_an_invited_person_has_no_password_and_half_of_the_roles(owner) -> None:
    invitation = roster.invite_person(owner, MEERA, roles=[Role.ADMIN, Role.APPROVER])
    user = invitation.person
    assert (works(invitation), user.has_usable_password(), actor_of(user).roles) == (True, False, {Role.ADMIN})
    assert RoleProposal.objects.get().role == "approver"
    events = list(TrailEntry.objects.order_by("id").values_list("event", "data"))
    assert events == [
        ("person invited", {}),
        ("role given", {"role": "admin"}),
        ("role proposed", {"role": "approver"}),
    ]


def test_names_addresses_and_links_stay_out_of_the_trail(owner) -> None:
    invitation = roster.invite_person(owner, MEERA, roles=[Role.ADMIN])
    bodies = " ".join(TrailEntry.objects.values_list("body", flat=True)).lower()
    assert [word for word in ("meera", "nair", invitation.key) if word in bodies] == []


def test_a_link_works_once_and_a_new_one_spoils_the_former(owner) -> None:
    first = roster.invite_person(owner, MEERA, roles=[])
    second = roster.make_link(owner, person_id=first.person.pk)
    assert (works(first), works(second)) == (False, True)
    user = second.person
    user.set_password("correct-horse-battery")
    user.save()
    assert not works(second)
    with pytest.raises(StateConflict, match="has joined already"):
        roster.make_link(owner, person_id=user.pk)


@pytest.mark.parametrize(
    ("new", "words"),
    [
        (replace(MEERA, email="other@example.com", username="MEERA"), "the user name “MEERA” already"),
        (replace(MEERA, username="other", email="Meera@Example.com"), "this e-mail address already"),
    ],
)
def test_one_name_and_one_address_belong_to_one_person(owner, new, words) -> None:
    roster.invite_person(owner, MEERA, roles=[])
    with pytest.raises(InvalidInput, match=words):
        roster.invite_person(owner, new, roles=[])


def test_a_name_that_was_taken_meanwhile_is_told(owner, monkeypatch) -> None:
    def taken(*_, **__):
        raise IntegrityError

    monkeypatch.setattr(User.objects, "create_user", taken)
    with pytest.raises(InvalidInput, match="just took the user name"):
        roster.invite_person(owner, MEERA, roles=[])


def test_inviting_and_links_ask_for_an_owner_who_has_shown_who_they_are(owner) -> None:
    for who, error in ((actor("approver"), NotAllowed), (replace(owner, known_at=None), StepUpNeeded)):
        with pytest.raises(error):
            roster.invite_person(who, MEERA, roles=[])
        with pytest.raises(error):
            roster.make_link(who, person_id=person(password="!").pk)
    assert not User.objects.filter(username="meera").exists()


def test_deactivation_ends_sessions_and_open_proposals(owner, client) -> None:
    user = person("admin")
    client.force_login(user)
    UserSession.objects.create(user=user, session_key=client.session.session_key, ip="127.0.0.1", user_agent="")
    roles.give_role(owner, person_id=user.pk, role=Role.APPROVER)
    for _ in range(2):
        roster.deactivate_person(owner, person_id=user.pk)
    assert (client.get("/").status_code, UserSession.objects.filter(user=user).count()) == (302, 0)
    assert (RoleProposal.objects.get().state, actor_of(User.objects.get(pk=user.pk)).roles) == ("withdrawn", set())
    ends = TrailEntry.objects.filter(event="person deactivated").values_list("data", flat=True)
    assert list(ends) == [{"sessions": 1, "api_tokens": 0}]


def test_reactivation_by_one_person_brings_no_role_back_that_takes_two(owner) -> None:
    user = person("admin", "approver", "owner")
    roster.deactivate_person(owner, person_id=user.pk)
    assert roster.reactivate_person(owner, person_id=user.pk) == {Role.APPROVER, Role.OWNER}
    assert roster.reactivate_person(owner, person_id=user.pk) == frozenset()
    assert actor_of(User.objects.get(pk=user.pk)).roles == {Role.ADMIN}


def test_a_role_is_given_to_nobody_who_is_deactivated(owner) -> None:
    user = person()
    roster.deactivate_person(owner, person_id=user.pk)
    with pytest.raises(StateConflict, match="is deactivated"):
        roles.give_role(owner, person_id=user.pk, role=Role.ADMIN)


def test_nobody_closes_their_own_account_so_the_last_owner_stays(owner) -> None:
    with pytest.raises(NotAllowed, match="This is you"):
        roster.deactivate_person(owner, person_id=owner.id)


@pytest.mark.parametrize(("host", "sent"), [("", False), ("mail.example.com", True)])
def test_a_link_is_mailed_only_where_a_mail_server_is_set(owner, settings, host, sent) -> None:
    settings.EMAIL_HOST = host
    invitation = roster.invite_person(owner, MEERA, roles=[])
    assert roster.mail_invitation(invitation, subject="Your account", text="link") is sent
    assert [message.to for message in mail.outbox] == [["meera@example.com"]] * sent


def test_a_mail_server_that_is_away_is_no_error(owner, settings, monkeypatch) -> None:
    settings.EMAIL_HOST = "mail.example.com"

    def away(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr(roster, "send_mail", away)
    invitation = roster.invite_person(owner, MEERA, roles=[])
    assert roster.mail_invitation(invitation, subject="Your account", text="link") is False


def test_an_owner_is_made_at_the_server_with_a_reason() -> None:
    with pytest.raises(InvalidInput, match="The reason is empty"):
        roster.make_owner(MEERA, because=" ")
    invitation = roster.make_owner(MEERA, because="First owner")
    assert (works(invitation), actor_of(invitation.person).roles) == (True, {Role.OWNER})
    assert roster.make_owner(MEERA, because="Again") is None
    entry = TrailEntry.objects.get()
    assert (entry.event, entry.actor, entry.data) == ("owner made at the server", None, {"because": "First owner"})


def test_no_owner_is_made_of_somebody_deactivated(owner) -> None:
    user = person(username="ravi")
    roster.deactivate_person(owner, person_id=user.pk)
    with pytest.raises(StateConflict, match="is deactivated"):
        roster.make_owner(NewPerson("ravi", "", "", ""), because="Gone")
