"""Whether EnKash's login is blocked."""

from dataclasses import dataclass
from datetime import datetime

from allocations.enkash.auth import MOST_FAILURES
from allocations.models import EnkashToken


@dataclass(frozen=True, slots=True)
class BlockedLogin:
    """Two logins in a row failed. `said`: EnKash's message."""

    said: str
    at: datetime | None


def blocked_login() -> BlockedLogin | None:
    token = EnkashToken.objects.filter(failures__gte=MOST_FAILURES).first()
    return BlockedLogin(token.last_error, token.last_error_at) if token else None
