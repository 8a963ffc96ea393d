from dataclasses import replace

import pytest

from allocations.domain import recovery
from tests.simulation.crowd import Task, play
from tests.simulation.mutants import MUTANTS
from tests.simulation.mutating import Edit, Moved, mutated
from tests.simulation.trial import convict


@pytest.mark.parametrize("name", MUTANTS)
def test_each_wrong_protocol_is_noticed(name):
    verdict = convict(name)

    assert verdict.seed is not None, str(verdict)


def test_reruns_heal_what_comes_later_than_the_quiet_time():
    """The circumstances of M9, but people run failed rows again: nobody stays failed who was credited."""
    seed = convict("M9").seed
    assert seed is not None

    assert play(Task(seed, mutant="M9", circumstances={"reruns": 1.0})).violations == ()


def test_a_mutant_ends_with_its_block():
    code = recovery.may_resend.__code__
    mutant = replace(MUTANTS["M1"], edits=(Edit("allocations.domain.recovery.may_resend", "<=", "<"),))

    with mutated(mutant):
        assert recovery.may_resend.__code__ is not code

    assert recovery.may_resend.__code__ is code


@pytest.mark.parametrize(
    ("function", "old"),
    [
        ("allocations.domain.recovery.may_resend", "no such text"),
        ("allocations.domain.recovery.may_resend", "chunk"),
        ("allocations.domain.recovery.no_such_function", "chunk"),
    ],
    ids=["text is gone", "text occurs more than once", "function is gone"],
)
def test_a_mutant_whose_place_moved_is_an_error(function, old):
    code = recovery.may_resend.__code__
    edits = (Edit("allocations.domain.recovery.may_resend", "<=", "<"), Edit(function, old, "x"))

    with pytest.raises(Moved), mutated(replace(MUTANTS["M1"], edits=edits)):
        pass

    assert recovery.may_resend.__code__ is code
