"""What `make simulate` prints."""

from collections import Counter

from tests.simulation.result import Result

_MOST_VIOLATIONS = 3


def failure(result: Result, *, db: str) -> str:
    told = "\n".join(f"  {violation}" for violation in result.violations[:_MOST_VIOLATIONS])
    return (
        f"seed {result.seed} broke\n{told}\n  again: python -m tests.simulation --db {db} --seed {result.seed} --story"
    )


def story(result: Result) -> int:
    print("\n".join((*result.story, *result.violations)))
    print(f"seed {result.seed}: {len(result.violations)} violations, fingerprint {result.fingerprint[:16]}")
    return 1 if result.violations else 0


def exercised(counts: Counter[str]) -> str:
    width = max(map(len, counts), default=0)
    return "\n".join(["exercised:", *(f"  {name:{width}} {counts[name]:>9,}" for name in sorted(counts))])


def conclusion(seeds: int, failed: int, *, seconds: float) -> str:
    return f"seeds: {seeds:,} violations: {failed:,} ({seconds:.0f} s, {1000 * seconds / seeds:.0f} ms a seed)"
