"""Seeded draws that do not depend on the order of calls, so that a seed tells the same story with many threads."""

import hashlib
from collections.abc import Sequence


def chance(seed: int, *parts: object) -> float:
    """A number in [0, 1), the same for the same seed and parts."""
    text = "\x1f".join([str(seed), *map(str, parts)])
    digest = hashlib.blake2b(text.encode(), digest_size=7).digest()
    return int.from_bytes(digest, "big") / 2**56


def pick(seed: int, choices: Sequence[str], *parts: object) -> str:
    """One of the choices, the same for the same seed and parts."""
    return choices[int(chance(seed, *parts) * len(choices))]
