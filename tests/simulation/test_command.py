from tests.simulation.__main__ import main


def test_tells_what_was_exercised_and_ends_well(capsys):
    assert main(["--seeds", "2", "--processes", "1"]) == 0

    told = capsys.readouterr().out
    assert "rows at rest: credited" in told
    assert "seeds: 2 violations: 0" in told


def test_names_the_command_that_shows_a_broken_seed_again(capsys):
    assert main(["--seed", "1", "--mutant", "M7", "--processes", "1"]) == 1

    told = capsys.readouterr().out
    assert "V9: somebody occurs twice in one request" in told
    assert "python -m tests.simulation --db sqlite --mutant M7 --seed 1 --story" in told
    assert "seeds: 1 violations: 1" in told


def test_tells_the_story_of_a_seed(capsys):
    assert main(["--seed", "1", "--story"]) == 0

    assert "before the call" in capsys.readouterr().out
