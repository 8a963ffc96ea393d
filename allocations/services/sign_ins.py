"""What happens at the door, in the trail: signing in and out, failures, passwords, second factors."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.db import transaction

from allocations.actors import actor_of
from allocations.domain.errors import InvalidInput
from allocations.domain.policy import Actor
from allocations.gateway import database_now
from allocations.services import trail


def note(event: str, *, user: User, origin: str, **data: Any) -> None:
    """`origin`: a keyed hash, for neither names nor addresses belong into the trail."""
    with transaction.atomic():
        _write(event, user_id=user.pk, actor=actor_of(user), origin=origin, **data)


def note_failure(*, user: User | None, origin: str, what: str) -> None:
    """Somebody tried to be `user`, None for a name that nobody has. Who tried is not known, so nobody is the actor."""
    with transaction.atomic():
        _write("sign-in failed", user_id=user.pk if user else 0, actor=None, origin=origin, what=what)


def end_sessions(sessions: list[UserSession], *, user: User, origin: str) -> None:
    """Of one person, by themselves."""
    with transaction.atomic():
        for session in sessions:
            session.end()
        _write("sessions ended", user_id=user.pk, actor=actor_of(user), origin=origin, sessions=len(sessions))


def remove_second_factors(*, username: str, because: str) -> int:
    """For somebody who lost all of them. How many were taken away; their sessions end."""
    person = User.objects.filter(username=username).first()
    if person is None:
        raise InvalidInput(f"Nobody has the user name “{username}”.")
    if not because.strip():
        raise InvalidInput("The reason is empty. Say how you know that it is them.")
    with transaction.atomic(durable=True):
        removed: int = Authenticator.objects.filter(user_id=person.pk).delete()[0]
        for session in UserSession.objects.filter(user_id=person.pk):
            session.end()
        _write("second factors taken away", user_id=person.pk, actor=None, removed=removed, because=because.strip())
    return removed


def _write(event: str, *, user_id: int, actor: Actor | None, **data: Any) -> None:
    trail.write_entry(event, at=database_now(), object_type="user", object_id=user_id, actor=actor, **data)
