"""From the signed-in user to the core's Actor, and what a session remembers of who proved to be them."""

from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase

from allocations.domain.known import Proofs, known_at
from allocations.domain.policy import NEED_SECOND_FACTOR, Actor, Role

_PROOFS = "proofs"
_KINDS = ("password", "factor", "elsewhere")


def actor_of(user: AbstractBaseUser | AnonymousUser, session: Mapping[str, Any] | None = None) -> Actor:
    """Roles are groups of the same name; being a superuser gives none. An inactive or unknown user has no role.

    Without a second factor the roles that need one are withheld. Every door gets its actor here.
    """
    if not isinstance(user, User) or not user.is_active:
        return Actor(id=0, name="", roles=frozenset())
    groups = set(user.groups.values_list("name", flat=True))
    roles = frozenset(Role) & {Role(g) for g in groups if g in set(Role)}
    has_factor = has_second_factor(user)
    withheld = roles & NEED_SECOND_FACTOR if settings.SECOND_FACTOR_REQUIRED and not has_factor else frozenset()
    return Actor(
        id=user.pk,
        name=user.get_full_name() or user.username,
        roles=roles - withheld,
        withheld=withheld,
        known_at=known_at(
            proofs_of(user, session or {}), has_password=user.has_usable_password(), has_factor=has_factor
        ),
    )


def has_second_factor(user: User) -> bool:
    """An authenticator app or a passkey; recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def note_proof(session: MutableMapping[str, Any], user: User, kind: str, *, at: datetime) -> None:
    """`kind`: password, factor or elsewhere."""
    known = session.get(_PROOFS, {})
    kept = known if known.get("user") == user.pk else {"user": user.pk}
    session[_PROOFS] = {**kept, kind: at.timestamp()}


def renew(session: SessionBase) -> None:
    """Another key for it: a copy from before somebody showed who they are is worth nothing after it. It stays in the
    list of the person's sessions, by which an owner ends them."""
    former = session.session_key
    session.cycle_key()
    UserSession.objects.filter(session_key=former).update(session_key=session.session_key)


def proofs_of(user: User, session: Mapping[str, Any]) -> Proofs:
    """Nothing that another person showed in this session counts."""
    known = session.get(_PROOFS, {})
    if known.get("user") != user.pk:
        return Proofs()
    return Proofs(
        *(datetime.fromtimestamp(known[kind], tz=UTC) if kind in known else None for kind in _KINDS),
    )
