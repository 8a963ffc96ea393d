"""The circumstances of one seed: how large the batch is, how bad the day, what the provider is like."""

from dataclasses import dataclass
from random import Random

# Rows, and how many go into one call: few, because what goes wrong goes wrong between two or three calls.
SIZES = (
    (1, 1),
    (2, 1),
    (2, 2),
    (2, 6),
    (3, 1),
    (3, 2),
    (3, 2),
    (4, 2),
    (4, 3),
    (4, 6),
    (5, 2),
    (6, 2),
    (6, 3),
    (6, 6),
    (12, 6),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """`trouble` and `call_trouble`: how often a worker and a call meet a fault; `forgets`: how many rings are lost."""

    rows: int
    twice: bool
    batches: int
    chunk: int
    lanes: int
    workers: int
    trouble: float
    call_trouble: float
    racy: bool
    echoes: bool
    refuses: float
    lookup_lag: float
    lookup_trouble: float
    login_trouble: float
    tight: bool
    forgets: float
    repeats: float
    people: int
    faults_last: float
    # Rows of a run that go first and alone; when failed and unknown rows pause a run.
    canary: int
    stop_loss: bool
    # Whether people decide, once the faults are over, what EnKash does not tell; else it stays with them.
    decides: bool
    # Whether the database is put back to a backup.
    restores: bool
    # How often people run failed rows again, once the faults are over.
    reruns: float
    # Whether EnKash uses up the reference of a row that it refuses, and lists it as failed.
    burns: bool
    # A mutant's circumstances: a request may be held up for longer than the quiet time.
    held_up: bool = False
    # The only kinds of bad calls, things that befall workers, and actions of people; empty: all.
    acts: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    fates: tuple[str, ...] = ()
    # Of the jobs that will find nothing to do so many are done all the same.
    idle_jobs: float = 0.1


def draw(rng: Random) -> Profile:
    rows, chunk = rng.choice(SIZES)
    restores = rng.random() < 0.12
    burns = rng.random() < 0.25
    return Profile(
        rows=rows,
        twice=rows > 1 and rng.random() < 0.3,
        batches=2 if rows <= 3 and rng.random() < 0.2 else 1,
        chunk=chunk,
        lanes=rng.choice((1, 1, 1, 2, 3)),
        workers=rng.choice((1, 2, 2, 3, 4)),
        trouble=rng.choice((0.0, 0.5, 1.0, 1.0, 2.0, 4.0)),
        call_trouble=rng.choice((0.0, 0.1, 0.3, 0.3, 0.5, 0.7)),
        # Until a restore is noticed a worker may send what is on the wire: only EnKash's own check is left.
        racy=rng.random() < 0.5 and not restores,
        echoes=rng.random() < 0.4,
        refuses=rng.choice((0.1, 0.3, 0.5) if burns else (0.0, 0.1, 0.3)),
        lookup_lag=rng.choice((0.0, 0.0, 60.0, 1200.0, 5000.0)),
        lookup_trouble=rng.choice((0.0, 0.0, 0.3, 1.0)),
        login_trouble=rng.choice((0.0, 0.0, 0.1, 0.4)),
        tight=rng.random() < 0.3,
        forgets=rng.choice((0.0, 0.0, 0.3, 1.0)),
        repeats=rng.choice((0.0, 0.2, 0.6)),
        people=rng.choice((0, 0, 1, 2, 4)),
        faults_last=rng.choice((300.0, 1200.0, 2400.0, 4800.0)),
        canary=rng.choice((0, 0, 0, 1, 2)),
        stop_loss=rng.random() < 0.2,
        restores=restores,
        # A failed row that was run again in a life that is lost is found when somebody runs it again, and that takes
        # a run without open questions.
        decides=restores or rng.random() < 0.7,
        reruns=1.0 if restores else 0.7,
        burns=burns,
    )
