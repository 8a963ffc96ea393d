"""API tokens as lines of a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop

from allocations.domain.api_tokens import is_usable
from allocations.models import ApiToken
from allocations.presenters.statuses import Status
from allocations.presenters.stories import person

_WORKS = Status(gettext_noop("works"))
_EXPIRED = Status(gettext_noop("expired"))
_REVOKED = Status(gettext_noop("revoked"))


@dataclass(frozen=True, slots=True)
class TokenLine:
    token: ApiToken
    owner: str
    scopes: str
    state: Status
    can_revoke: bool


def token_lines(tokens: Iterable[ApiToken], *, now: datetime, may_revoke: bool) -> list[TokenLine]:
    return [_line(token, now=now, may_revoke=may_revoke) for token in tokens]


def _line(token: ApiToken, *, now: datetime, may_revoke: bool) -> TokenLine:
    works = is_usable(expires_at=token.expires_at, revoked_at=token.revoked_at, now=now)
    return TokenLine(
        token=token,
        owner=person(token.person),
        scopes=", ".join(token.scopes),
        state=_WORKS if works else _REVOKED if token.revoked_at else _EXPIRED,
        can_revoke=works and may_revoke,
    )
