"""The people of the portal: inviting them, and closing and opening their accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException

import structlog
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import IntegrityError, transaction

from allocations.domain import roster
from allocations.domain.decisions import ProposalState
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor, Role
from allocations.gateway import database_now
from allocations.models import RoleProposal
from allocations.selectors.roster import facts_of_person
from allocations.services import api_tokens
from allocations.services import roles as role_service

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewPerson:
    username: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """`uid` and `key` are of the address at which the person sets a password: once, and only for a while. Nobody can
    read them anywhere afterwards, for only a keyed hash of the account's state checks them."""

    person: User
    uid: str
    key: str


def invite_person(actor: Actor, new: NewPerson, *, roles: Iterable[Role]) -> Invitation:
    """Roles that need a second person are proposed."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = role_service.actor_now(actor)
        roster.check_invite(actor)
        check_known(actor, now=now)
        person = _create(new)
        role_service.note("person invited", person, actor=actor, at=now)
        for role in sorted(set(roles)):
            role_service.give(actor, person, role, now=now)
        return _invitation(person)


def make_link(actor: Actor, *, person_id: int) -> Invitation:
    """A new link for somebody who never came; the former one no longer works."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = role_service.actor_now(actor)
        person = role_service.load_person(person_id)
        roster.check_make_link(actor, facts_of_person(person))
        check_known(actor, now=now)
        _spoil_links(person)
        role_service.note("invitation link made", person, actor=actor, at=now)
        return _invitation(person)


def mail_invitation(invitation: Invitation, *, subject: str, text: str) -> bool:
    """Whether the mail server took it; with none set up nothing is printed either, for the link is a secret."""
    if not settings.EMAIL_HOST:
        return False
    try:
        send_mail(subject, text, None, [invitation.person.email])
    except (OSError, SMTPException) as error:
        logger.warning("an invitation was not mailed", person=invitation.person.pk, error=type(error).__name__)
        return False
    return True


def deactivate_person(actor: Actor, *, person_id: int) -> None:
    """Their sessions end now, their API tokens too, and roles that were proposed for them are off."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = role_service.actor_now(actor)
        person = role_service.load_person(person_id)
        roster.check_change_person(actor, facts_of_person(person))
        if not User.objects.filter(pk=person_id, is_active=True).update(is_active=False):
            return
        waiting = RoleProposal.objects.filter(person=person, state=ProposalState.OPEN)
        waiting.update(state=ProposalState.WITHDRAWN, decided_at=now)
        ended = _end_sessions(person)
        revoked = api_tokens.revoke_all(actor, person_id=person_id, at=now)
        role_service.note("person deactivated", person, actor=actor, at=now, sessions=ended, api_tokens=revoked)


def reactivate_person(actor: Actor, *, person_id: int) -> frozenset[Role]:
    """The roles that need a second person do not come back by one: they are what is returned."""
    now = database_now()
    with transaction.atomic(durable=True):
        actor = role_service.actor_now(actor)
        person = role_service.load_person(person_id)
        facts = facts_of_person(person)
        roster.check_change_person(actor, facts)
        check_known(actor, now=now)
        if not User.objects.filter(pk=person_id, is_active=False).update(is_active=True):
            return frozenset()
        gone = facts.roles & roster.GIVEN_BY_TWO
        person.groups.remove(*Group.objects.filter(name__in=gone))
        left = role_service.out_of_groups(person, gone)
        role_service.note("person reactivated", person, actor=actor, at=now, without=sorted(gone), **left)
    return gone


def make_owner(new: NewPerson, *, because: str) -> Invitation | None:
    """From the server's command line, for the first owner, or when owners are gone. None: the account was there.

    Whoever reaches the server could write the role into the database as well; this way it is in the trail.
    """
    if not because.strip():
        raise InvalidInput("The reason is empty. Say why the portal needs an owner made at the server.")
    now = database_now()
    with transaction.atomic(durable=True):
        there = User.objects.filter(username=new.username).first()
        if there and not there.is_active:
            raise StateConflict(f"“{new.username}” is deactivated. Another owner has to reactivate them first.")
        person = there or _create(new)
        if Role.OWNER not in facts_of_person(person).roles:
            role_service.add(person, Role.OWNER)
            role_service.note("owner made at the server", person, actor=None, at=now, because=because.strip())
        return None if there else _invitation(person)


def _create(new: NewPerson) -> User:
    if User.objects.filter(username__iexact=new.username).exists():
        raise InvalidInput(f"There is somebody with the user name “{new.username}” already. Choose another one.")
    if new.email and User.objects.filter(email__iexact=new.email).exists():
        raise InvalidInput("There is somebody with this e-mail address already. One address belongs to one person.")
    try:
        with transaction.atomic():
            # Without a password nobody gets in, not before the link was used.
            return User.objects.create_user(
                new.username, email=new.email, first_name=new.first_name, last_name=new.last_name
            )
    except IntegrityError as error:
        raise InvalidInput(f"Somebody just took the user name “{new.username}”. Choose another one.") from error


def _invitation(person: User) -> Invitation:
    return Invitation(person, user_pk_to_url_str(person), default_token_generator.make_token(person))


def _spoil_links(person: User) -> None:
    """Links hang on the stored password: another unusable one makes the former ones invalid."""
    person.set_unusable_password()
    person.save(update_fields=["password"])


def _end_sessions(person: User) -> int:
    sessions = list(UserSession.objects.filter(user_id=person.pk))
    for session in sessions:
        session.end()
    return len(sessions)
