from pathlib import Path

import pytest

from rewards_portal.supervisor.demo import plan_demo


def names(tmp_path: Path, **outer: str) -> list[str]:
    return [service.name for service in plan_demo(Path(), var=tmp_path, outer=outer).services]


def test_demo_starts_one_run_worker_or_as_many_as_asked(tmp_path: Path) -> None:
    once = ["redis", "simulator", "imports", "runs", "sweeper", "web"]
    assert names(tmp_path) == names(tmp_path, RUN_WORKERS="") == once
    assert names(tmp_path, RUN_WORKERS="3") == [*once[:4], "runs-2", "runs-3", *once[4:]]


@pytest.mark.parametrize("text", ["0", "17", "many", "-1", "1.5"])
def test_impossible_number_of_run_workers_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=rf"^RUN_WORKERS is {text}; set a number from 1 to 16, or unset it\.$"):
        plan_demo(Path(), var=tmp_path, outer={"RUN_WORKERS": text})
