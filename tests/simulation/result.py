"""What playing a seed showed; it travels between processes."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """`fingerprint` tells two plays of a seed apart if they differ in any step."""

    seed: int
    violations: tuple[str, ...]
    counts: Counter[str]
    fingerprint: str
    story: tuple[str, ...] = ()
