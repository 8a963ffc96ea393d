"""Whether the simulation notices the wrong protocols: each is played until one of its invariants breaks."""

from dataclasses import dataclass

from tests.simulation.crowd import Task, play
from tests.simulation.mutants import MUTANTS

MOST_SEEDS = 400


@dataclass(frozen=True, slots=True)
class Verdict:
    """The seed that convicted a mutant, and what it broke. `seed` None: it survived."""

    mutant: str
    seed: int | None
    broke: str

    def __str__(self) -> str:
        told = f"{self.mutant} ({MUTANTS[self.mutant].does})"
        if self.seed is None:
            return f"{told} SURVIVED: {self.broke}"
        return f"{told}: caught by seed {self.seed}, {self.broke}"


def convict(name: str) -> Verdict:
    """Violations of other invariants than the mutant's own convict nobody: they would hide that those sleep."""
    others: set[str] = set()
    for seed in range(1, MOST_SEEDS + 1):
        for violation in play(Task(seed, mutant=name)).violations:
            if violation.split(":")[0] in MUTANTS[name].caught_by:
                return Verdict(name, seed, violation)
            others.add(violation)
    return Verdict(name, None, f"{MOST_SEEDS} seeds; they broke {sorted(others)[:3] or 'nothing'}")
