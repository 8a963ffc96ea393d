"""python -m bench [--only import,...] [--rows N] [--db postgresql|sqlite] [--rounds 3]: one JSON line a figure."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from bench.databases import environment, postgresql
from bench.lines import Figure

HERE = Path(__file__).resolve().parent
# Every bench/<stage>_.py measures one stage.
STAGES = {path.stem[:-1]: import_module(f"bench.{path.stem}").measure for path in sorted(HERE.glob("*[!_]_.py"))}
ROOT = HERE.parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", default=",".join(STAGES), help="stages, comma-separated")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--db", choices=("postgresql", "sqlite"), action="append")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    lines: list[Figure] = []
    for database in chosen.db or ["postgresql", "sqlite"]:
        lines += run(database, stages=chosen.only.split(","), rows=chosen.rows, rounds=chosen.rounds)
    table(lines)


def run(database: str, *, stages: list[str], rows: int, rounds: int) -> list[Figure]:
    lines: list[Figure] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        url = f"sqlite:///{folder}/bench.sqlite3"
        if database == "postgresql":
            url = stack.enter_context(postgresql())
        os.environ.update(environment(url, folder))
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, check=True)
        for stage in stages:
            for line in STAGES[stage](folder, db=database, rows=rows, rounds=rounds):
                print(line.json(), flush=True)
                lines.append(line)
    return lines


def table(lines: list[Figure]) -> None:
    """Medians, and each as a multiple of the portal's own rate in the same setting."""
    rates: dict[tuple[str, str, str, str], list[float]] = {}
    for line in lines:
        rates.setdefault((line.bench, line.db, line.format, line.who), []).append(line.rate)
    medians = {key: statistics.median(values) for key, values in rates.items()}
    print(f"\n{'bench':10}{'db':12}{'format':16}{'who':26}{'per second':>12}{'portal is':>12}")
    for (bench, db, form, who), rate in medians.items():
        portal = medians.get((bench, db, form, "portal"))
        ratio = f"{portal / rate:.2f} x" if portal else ""
        print(f"{bench:10}{db:12}{form:16}{who:26}{rate:12,.0f}{ratio:>12}")


if __name__ == "__main__":
    main()
