"""What `make simulate` prints."""

from collections import Counter

from tests.simulation.result import Result

_MOST_VIOLATIONS = 3


def failure(result: Result, *, db: str, mutant: str = "") -> str:
    told = "\n".join(f"  {violation}" for violation in result.violations[:_MOST_VIOLATIONS])
    words = (f"--db {db}", f"--mutant {mutant}" if mutant else "", f"--seed {result.seed} --story")
    again = " ".join(("python -m tests.simulation", *filter(None, words)))
    return f"seed {result.seed} broke\n{told}\n  again: {again}"


def story(result: Result) -> int:
    print("\n".join((*result.story, *result.violations)))
    print(f"seed {result.seed}: {len(result.violations)} violations, fingerprint {result.fingerprint[:16]}")
    return 1 if result.violations else 0


def exercised(counts: Counter[str]) -> str:
    width = max(map(len, counts), default=0)
    return "\n".join(["exercised:", *(f"  {name:{width}} {counts[name]:>9,}" for name in sorted(counts))])


def conclusion(seeds: int, failed: int, *, seconds: float) -> str:
    return f"seeds: {seeds:,} violations: {failed:,} ({seconds:.0f} s, {1000 * seconds / seeds:.0f} ms a seed)"
