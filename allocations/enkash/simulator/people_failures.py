"""Rows that fail because of the person: a share of people that only the seed and the mobile decide.

The texts are ours; EnKash documents none for a single person.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from allocations.enkash.simulator.chance import chance, pick
from allocations.enkash.simulator.options import Profile

SHARE: Final[Mapping[Profile, float]] = {Profile.CLEAN: 0.0, Profile.REALISTIC: 0.012, Profile.CHAOS: 0.05}
SHARE_THAT_RECOVERS: Final = 0.5
REASONS: Final = (
    "User is blocked",
    "Card is blocked",
    "Mobile number is registered with another company",
    "Email id is registered with another user",
    "Monthly load limit of the user is exceeded",
    "Min KYC of the user has expired",
)


@dataclass(slots=True)
class PersonFailures:
    """Counts how often each failing person was tried: about half of them recover on a later try."""

    seed: int
    _tries: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reason(self, mobile: str, *, profile: Profile) -> str | None:
        """Why this person's row fails now, or None."""
        share = SHARE[profile]
        if share == 0.0 or chance(self.seed, "fails", mobile) >= share:
            return None
        with self._lock:
            self._tries[mobile] += 1
            tries = self._tries[mobile]
        if tries > 1 and chance(self.seed, "recovers", mobile) < SHARE_THAT_RECOVERS:
            return None
        return pick(self.seed, REASONS, "reason", mobile)

    def clear(self) -> None:
        with self._lock:
            self._tries.clear()
