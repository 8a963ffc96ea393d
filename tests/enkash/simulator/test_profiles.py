"""The profiles: rare trouble in realistic, a lot in chaos, the same for the same seed."""

from collections import Counter

import pytest

from allocations.enkash.simulator.answers import Endpoint
from allocations.enkash.simulator.intake import Request
from allocations.enkash.simulator.options import Profile, for_profile
from allocations.enkash.simulator.payload import Content
from allocations.enkash.simulator.people_failures import PersonFailures
from allocations.enkash.simulator.profiles import CHAOS, draw_fault
from allocations.enkash.simulator.server import Simulator
from allocations.enkash.simulator.world import World
from tests.enkash.simulator.caller import FAILURES, Caller, row

MOBILES = [str(9_000_000_000 + index) for index in range(20_000)]


def failing(failures, mobiles, *, profile=Profile.REALISTIC):
    return [mobile for mobile in mobiles if failures.reason(mobile, profile=profile)]


def drawn(profile, *, endpoint=Endpoint.BULK, calls=10_000, seed=1):
    """How often each fault is drawn."""
    world = World(seed=seed, balance=1000, options=for_profile(profile))
    names = Counter()
    for number in range(calls):
        request = Request(
            number=number,
            endpoint=endpoint,
            received_at=0.0,
            query={},
            headers={},
            body=b"",
            content=Content(),
            is_open=lambda: True,
        )
        fault = draw_fault(world, request)
        names[fault.name if fault else "none"] += 1
    return names


def test_about_one_person_in_eighty_fails_in_realistic():
    assert 180 <= len(failing(PersonFailures(1), MOBILES)) <= 300


def test_about_half_of_the_failing_people_recover_on_a_later_try():
    failures = PersonFailures(1)
    first = failing(failures, MOBILES)
    second = failing(failures, first)
    third = failing(failures, first)
    assert 0.35 <= len(second) / len(first) <= 0.65
    assert third == second


def test_same_seed_fails_the_same_people_and_another_seed_others():
    first, again, other = (failing(PersonFailures(seed), MOBILES) for seed in (1, 1, 2))
    assert first == again
    assert set(first) != set(other)


def test_nobody_fails_in_clean():
    assert failing(PersonFailures(1), MOBILES, profile=Profile.CLEAN) == []


def test_failing_person_gets_a_reason_and_no_points():
    mobile = failing(PersonFailures(1), MOBILES)[0]
    with Simulator(profile="realistic", bare_failures=0.0, jitter=0.0) as sim:
        caller = Caller(sim)
        with caller.session:
            (failure,) = caller.allocate(row("R1", mobile=mobile))[FAILURES]
    assert failure["failureReason"] == PersonFailures(1).reason(mobile, profile=Profile.REALISTIC)
    assert (failure["email"], sim.ledger.entries) == (None, [])


def test_clean_draws_no_fault():
    assert drawn(Profile.CLEAN) == {"none": 10_000}


def test_realistic_loses_about_one_answer_in_a_hundred():
    names = drawn(Profile.REALISTIC)
    lost = names["drop_after"] + names["hang"]
    assert set(names) == {"none", "drop_after", "hang", "error_after"}
    assert 30 <= lost <= 75
    assert 30 <= names["error_after"] <= 75


def test_realistic_leaves_the_other_calls_alone():
    assert drawn(Profile.REALISTIC, endpoint=Endpoint.TRANSACTIONS) == {"none": 10_000}


def test_chaos_draws_every_fault_it_lists():
    listed = {name for _, name, _ in CHAOS[Endpoint.BULK]}
    assert set(drawn(Profile.CHAOS)) == listed | {"none"}


@pytest.mark.parametrize("endpoint", list(Endpoint))
def test_chaos_troubles_every_endpoint_the_same_for_the_same_seed(endpoint):
    first, again, other = (drawn(Profile.CHAOS, endpoint=endpoint, calls=500, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert 0 < first["none"] < 500
