"""How lately a person has shown who they are. What moves points or opens personal data asks for it anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allocations.domain.errors import StepUpNeeded
from allocations.domain.policy import Actor

LASTS = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Proofs:
    """When a session last saw the password, the second factor, and a sign-in elsewhere (OIDC)."""

    password_at: datetime | None = None
    factor_at: datetime | None = None
    elsewhere_at: datetime | None = None


def known_at(proofs: Proofs, *, has_password: bool, has_factor: bool) -> datetime | None:
    """Since when everything that this person has to show was shown: the older of password and second factor.

    Who has no password here shows the second factor alone; who has neither, the sign-in elsewhere.
    """
    needed = [proofs.password_at] if has_password else []
    needed += [proofs.factor_at] if has_factor else []
    seen = needed or [proofs.elsewhere_at]
    times = [at for at in seen if at is not None]
    return min(times) if len(times) == len(seen) else None


def is_fresh(at: datetime | None, *, now: datetime) -> bool:
    return at is not None and now - at <= LASTS


def check_known(actor: Actor, *, now: datetime) -> None:
    if not is_fresh(actor.known_at, now=now):
        raise StepUpNeeded(
            "Nothing was done. For this, show once more who you are: your password, and your second factor if you have "
            "one, within the last 5 minutes. Then do it again."
        )
