"""API tokens: made once and shown once, revoked, and taken from a program for the person that they act for."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet

from allocations.actors import actor_of
from allocations.domain import api_tokens as rules
from allocations.domain.api_tokens import WINDOW, Scope, TooManyCalls
from allocations.domain.errors import InvalidInput
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.gateway import database_now
from allocations.models import ApiToken
from allocations.services import trail

# So that secret scanners, and people, know one when they see it.
PREFIX = "rpt_"
_SHOWN = 8
_ONE_MORE: Mapping[str, Any] = {"window_calls": F("window_calls") + 1}


def make_token(actor: Actor, *, name: str, scopes: Collection[Scope], days: int) -> tuple[ApiToken, str]:
    """The token as stored, and its text, which nobody can read again."""
    rules.check_make_token(actor)
    now = database_now()
    check_known(actor, now=now)
    text = PREFIX + token_urlsafe(32)
    with transaction.atomic():
        # One token of a person at a time, so that two at once count as two.
        User.objects.select_for_update(no_key=True).get(pk=actor.id)
        words = rules.check_new(
            name=name, scopes=scopes, days=days, others=_usable(now).filter(person=actor.id).count()
        )
        token = ApiToken.objects.create(
            person_id=actor.id,
            name=words,
            start=text[: len(PREFIX) + _SHOWN],
            sha256=_hash(text),
            scopes=sorted(scopes),
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        _note("API token made", token, actor=actor, at=now, scopes=token.scopes, days=days)
    return token, text


def revoke_token(actor: Actor, *, token_id: int) -> None:
    """One that is revoked already is no error."""
    now = database_now()
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(pk=token_id).first()
        if token is None:
            raise InvalidInput(f"There is no API token {token_id}.")
        rules.check_revoke_token(actor, owned_by=token.person_id)
        if token.revoked_at is None:
            _revoke(token, actor, at=now)


def revoke_all(actor: Actor, *, person_id: int, at: datetime) -> int:
    """In the caller's transaction: of somebody who may not come in any more. How many could still be used."""
    tokens = list(_usable(at).select_for_update().filter(person_id=person_id))
    for token in tokens:
        _revoke(token, actor, at=at)
    return len(tokens)


def use_token(text: str) -> tuple[ApiToken, Actor] | None:
    """Of a call: the token and whom it acts for, None where it opens nothing. Counts the call.

    Raises TooManyCalls.
    """
    now = database_now()
    token = _usable(now).select_related("person").filter(sha256=_hash(text), person__is_active=True).first()
    if token is None:
        return None
    _count(token, now=now)
    return token, rules.program_of(actor_of(token.person), token_id=token.pk)


def knows_token(text: str) -> bool:
    """Whether it opens anything at this moment."""
    return _usable(database_now()).filter(sha256=_hash(text), person__is_active=True).exists()


def _count(token: ApiToken, *, now: datetime) -> None:
    most = settings.API_CALLS_PER_MINUTE
    own = ApiToken.objects.filter(pk=token.pk)
    within = own.filter(window_at__gt=now - WINDOW, window_calls__lt=most)
    anew = own.filter(Q(window_at=None) | Q(window_at__lte=now - WINDOW))
    # Of two calls that find a window over, one begins the next and the other counts in it.
    for window, counted in ((within, _ONE_MORE), (anew, {"window_at": now, "window_calls": 1}), (within, _ONE_MORE)):
        if window.update(last_used_at=now, **counted):
            return
    began = own.values_list("window_at", flat=True).get() or now
    raise TooManyCalls(most=most, seconds=max(1, int((began + WINDOW - now).total_seconds()) + 1))


def _usable(now: datetime) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=now)


def _revoke(token: ApiToken, actor: Actor, *, at: datetime) -> None:
    token.revoked_at, token.revoked_by_id = at, actor.id
    token.save(update_fields=["revoked_at", "revoked_by"])
    _note("API token revoked", token, actor=actor, at=at)


def _note(event: str, token: ApiToken, *, actor: Actor, at: datetime, **data: Any) -> None:
    """Without its name, which its person wrote freely."""
    trail.write_entry(
        event, at=at, object_type="API token", object_id=token.pk, actor=actor, person=token.person_id, **data
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
