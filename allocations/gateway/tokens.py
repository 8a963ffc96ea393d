"""The access token of the EnKash connection, shared by all workers through the database.

Three refused logins lock the account at EnKash, so each try is counted and committed before it is made, and
after two failures in a row nobody tries again until a person resumes.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography.fernet import InvalidToken
from django.db.models import F, Q

from allocations.enkash.auth import Token
from allocations.enkash.errors import LoginBlocked, NotSent
from allocations.gateway import secrets
from allocations.models import EnkashToken

MAX_FAILURES = 2
# A login that takes longer was lost with its worker; its try stays counted.
LOGIN_TAKES = timedelta(seconds=60)
_POLL_SECONDS = 0.2


class DatabaseTokenStore:
    """enkash.auth.TokenStore over one table row. Every method is one or two statements, none holds a lock."""

    def __init__(self, *, worker: str, clock: Callable[[], datetime]) -> None:
        self._worker = worker
        self._clock = clock
        self._login_until = datetime.min.replace(tzinfo=UTC)

    def current(self) -> Token | None:
        row = EnkashToken.objects.filter(value__isnull=False, expires_at__isnull=False).first()
        if row is None or row.value is None or row.expires_at is None:
            return None
        try:
            value = secrets.decrypt(row.value).decode()
        except InvalidToken:
            # DATA_KEY was changed without keeping the former key: a login brings a fresh token.
            return None
        return Token(value=value, expires_at=row.expires_at.timestamp())

    def begin_login(self) -> None:
        EnkashToken.objects.get_or_create(pk=1)
        give_up = self._clock() + LOGIN_TAKES
        while not self._claim():
            row = EnkashToken.objects.get()
            # The try of a login that is still under way is counted already: only a finished one blocks.
            if row.failures >= MAX_FAILURES and (row.login_until is None or row.login_until < self._clock()):
                raise LoginBlocked(row.last_error or "Two logins in a row failed.")
            if self._clock() > give_up:
                raise NotSent("Another worker has been logging in for too long.")
            time.sleep(_POLL_SECONDS)

    def _claim(self) -> bool:
        now = self._clock()
        self._login_until = now + LOGIN_TAKES
        free = Q(login_until__isnull=True) | Q(login_until__lt=now)
        claimed = EnkashToken.objects.filter(free, failures__lt=MAX_FAILURES).update(
            failures=F("failures") + 1, login_owner=self._worker, login_until=self._login_until
        )
        return claimed == 1

    def login_left(self) -> float:
        return (self._login_until - self._clock()).total_seconds()

    def login_succeeded(self, token: Token) -> None:
        EnkashToken.objects.filter(login_owner=self._worker).update(
            value=secrets.encrypt(token.value.encode()),
            expires_at=datetime.fromtimestamp(token.expires_at, UTC),
            failures=0,
            login_owner="",
            login_until=None,
            last_error="",
        )

    def login_not_sent(self) -> None:
        EnkashToken.objects.filter(login_owner=self._worker, failures__gt=0).update(
            failures=F("failures") - 1, login_owner="", login_until=None
        )

    def login_failed(self, reason: str) -> None:
        EnkashToken.objects.filter(login_owner=self._worker).update(
            value=None, login_owner="", login_until=None, last_error=reason[:500], last_error_at=self._clock()
        )

    def forget(self) -> None:
        EnkashToken.objects.update(value=None, expires_at=None)


def allow_one_more_login(*, now: datetime) -> bool:
    """A person looked at the credentials: one more try, not two, because EnKash counts to three.

    False: nothing is blocked, or the try that was allowed before is still under way.
    """
    idle = Q(login_until__isnull=True) | Q(login_until__lt=now)
    blocked = EnkashToken.objects.filter(idle, failures__gte=MAX_FAILURES)
    return blocked.update(failures=MAX_FAILURES - 1) == 1


def expect_lost_failures() -> None:
    """After a restore nobody knows how many logins have failed since the backup: one try, not two."""
    # Nor does a backup from before the first login know of any.
    EnkashToken.objects.get_or_create(pk=1)
    EnkashToken.objects.update(value=None, expires_at=None, login_owner="", login_until=None)
    EnkashToken.objects.filter(failures__lt=MAX_FAILURES - 1).update(failures=MAX_FAILURES - 1)
