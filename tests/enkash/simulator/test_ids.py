from allocations.enkash.simulator.ids import Sequence


def test_identifiers_do_not_repeat_before_the_width_is_used_up():
    sequence = Sequence("EK", width=3, seed=7)
    assert len({sequence.next() for _ in range(16**3)}) == 16**3


def test_sequence_goes_on_where_another_ended():
    first = Sequence("EK", width=6, seed=1)
    used = [first.next() for _ in range(3)]
    assert Sequence("EK", width=6, seed=1, start=2).next() == used[2]
    assert first.used == 3
