"""Every stage runs on a small list and prints what the table is made of."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
ROWS = 600
WHO = {
    "api": {"portal"},
    "pages": {"portal", "bare_response"},
    "export": {"portal", "import_export_default", "raw_rows"},
}


def lines_of(stage: str) -> list[dict]:
    words = ["--only", stage, "--rows", str(ROWS), "--rounds", "1", "--db", "sqlite"]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *words], cwd=BASE_DIR, check=True, capture_output=True, text=True, timeout=300
    )
    printed, _, _ = done.stdout.partition("\n\n")
    return [json.loads(line) for line in printed.splitlines()]


@pytest.mark.parametrize("stage", WHO)
def test_stage_prints_a_line_for_everybody(stage: str) -> None:
    lines = lines_of(stage)
    assert {line["who"] for line in lines} == WHO[stage]
    assert tell_what_was_measured(lines, stage)


def tell_what_was_measured(lines: list[dict], stage: str) -> bool:
    return {(line["bench"], line["db"], line["rows"]) for line in lines} == {(stage, "sqlite", ROWS)}


def test_pages_are_read_while_an_import_and_a_run_go_on() -> None:
    lines = lines_of("load")
    assert {line["who"] for line in lines if line["format"] == "every page"} == {"portal", "idle_portal"}
    (stored,), (sent,) = ([line["rows"] for line in lines if line["who"] == who] for who in ("import", "run"))
    assert stored == ROWS
    assert sent > 0


def test_run_makes_the_calls_of_its_limit() -> None:
    lines = lines_of("run")
    assert tell_what_was_measured(lines, "run")
    # So few rows make enough calls for one lane only.
    assert [line["format"] for line in lines] == ["1x50 50 ms"] * 2 + ["1x50 200 ms"] * 2
    for bound, portal in zip(lines[::2], lines[1::2], strict=True):
        assert (bound["who"], portal["who"]) == ("provider_bound", "portal")
        assert bound["calls"] == portal["calls"] == ROWS / 50
        assert bound["share_of_bound"] == 1
        assert portal["queries"] > 0
