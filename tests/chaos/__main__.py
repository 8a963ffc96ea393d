"""python -m tests.chaos --rows 20000 [--db postgresql] [--seed 1]: everything goes wrong at once, the books agree."""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import django
from django.core.management import call_command

from allocations.enkash.simulator.server import Simulator
from tests.services_up.postgresql import postgresql
from tests.services_up.redis import RedisServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--chunk", type=int, default=50)
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=3600, help="seconds after which it has failed")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-chaos-")))
        redis = RedisServer(folder)
        redis.start()
        stack.callback(redis.stop)
        url = f"sqlite:///{folder}/portal.sqlite3"
        if chosen.db == "postgresql":
            url = stack.enter_context(postgresql())
        own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PORTAL_TESTS": str(folder), "LOG_LEVEL": "WARNING"}
        os.environ.update({**own, "DATABASE_URL": url, "REDIS_URL": redis.url})
        django.setup()
        call_command("migrate", verbosity=0)
        sim = stack.enter_context(Simulator(profile="chaos", seed=chosen.seed, balance=10**11))
        log = stack.enter_context((folder / "log").open("w"))
        sys.stdout.write(_weather(sim, redis.url, chosen, log) + "\n")


def _weather(sim: Simulator, redis_url: str, chosen: argparse.Namespace, log: IO[str]) -> str:
    # Models can be imported only now.
    from tests.chaos.books import check_books, summary  # noqa: PLC0415
    from tests.chaos.storm import Storm  # noqa: PLC0415
    from tests.services_up.workers import processes  # noqa: PLC0415

    with processes(redis_url, output=log) as start:
        storm = Storm(sim, redis_url, start, chosen.rows, chosen.chunk, chosen.seed, chosen.patience)
        storm.blow()
        check_books(storm)
        return summary(storm)


if __name__ == "__main__":
    main()
