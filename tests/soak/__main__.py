"""sudo python -m tests.soak --minutes 60 [--seed 1] [--keep FOLDER]: the portal on four machines in bad weather, used all the while.

Machines are network namespaces of their own: pages on one, three with a worker each, database, Redis and EnKash's
stand-in in the middle. It ends with 0 when nobody lost or won a point, no page broke and the logs hold nobody's data.
"""

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.core.management.base import CommandError
from django.db import connection

from tests.soak.hosts import move_in
from tests.soak.people import People, Seen
from tests.soak.site import Site, running_site
from tests.soak.watching import Logs, Memory, latency
from tests.soak.weather import Weather

LANES = 3
_LOOK_SECONDS = 15
# After the weather everything is settled within this, or something hangs; at least as long as people need to look at
# each run once more.
_CALM_SECONDS = (90, 900)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for logs and books; else one that is removed")
    chosen = parser.parse_args()
    move_in(["-m", "tests.soak", *sys.argv[1:]])
    with _folder(chosen.keep) as folder, running_site(folder) as site:
        os.environ.update(site.env, DJANGO_SETTINGS_MODULE="rewards_portal.settings", LOG_LEVEL="WARNING")
        django.setup()
        return _soak(site, minutes=chosen.minutes, seed=chosen.seed)


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True)
        yield kept.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="portal-soak-") as name:
        yield Path(name)


def _soak(site: Site, *, minutes: float, seed: int) -> int:
    # Models can be imported only now.
    from tests.soak.beginnings import account_with_lanes, auditor, token_of_admin  # noqa: PLC0415
    from tests.soak.books import check_books  # noqa: PLC0415

    seen, memory = Seen(), Memory()
    account = account_with_lanes(LANES)
    site.control("settings", lanes=LANES)
    people = People(site, token=token_of_admin(), account=account, seed=seed, seen=seen)
    weather = Weather(site, seed=seed)
    people.come()
    weather.begin()
    _pass_time(site, memory, until=time.monotonic() + minutes * 30)
    # Half of the time these are left alone, so that they grow old.
    weather.spare = {"web", "sweeper-one", "runs-three", "imports-one", "redis", "postgres"}
    _pass_time(site, memory, until=time.monotonic() + minutes * 30)
    people.make_no_more()
    weather.end()
    _say("the weather is over")
    # The database was started anew since this program asked it last.
    connection.close()
    calm = _until_calm(site, memory)
    people.go()
    logs = Logs()
    logs.read(site)
    told = [
        *calm,
        *(f"{count} x {what}" for what, count in Counter(seen.wrong).most_common(50)),
        *(f"personal data in a log: {line}" for line in logs.personal),
    ]
    for title, lines in _report(seen, weather, memory, logs):
        _say(title, *lines)
    try:
        _say("books", *check_books(site, by=auditor()))
    except (AssertionError, CommandError):
        told.append(f"the books do not agree: {traceback.format_exc()}")
    _say("wrong" if told else "nothing is wrong", *told)
    return 1 if told else 0


def _pass_time(site: Site, memory: Memory, *, until: float) -> None:
    looked = 0.0
    while time.monotonic() < until:
        site.tend()
        if time.monotonic() - looked > _LOOK_SECONDS:
            memory.look(site)
            looked = time.monotonic()
        time.sleep(0.25)


def _until_calm(site: Site, memory: Memory) -> list[str]:
    """Until every run has ended and nothing waits to be approved; else what is left."""
    from tests.soak.beginnings import unfinished  # noqa: PLC0415

    least, most = _CALM_SECONDS
    began = time.monotonic()
    _pass_time(site, memory, until=began + least)
    while left := unfinished():
        if time.monotonic() - began > most:
            return [f"not settled within {most} s: {left}"]
        _pass_time(site, memory, until=time.monotonic() + 2)
    return []


def _report(seen: Seen, weather: Weather, memory: Memory, logs: Logs) -> Iterator[tuple[str, list[str]]]:
    yield "weather", [f"{count} x {what}" for what, count in weather.seen.most_common()]
    yield "done by people", [f"{count} x {what}" for what, count in seen.done.most_common()]
    yield "refused or unanswered", [f"{count} x {what}" for what, count in seen.refused.most_common()]
    yield "latency", [latency([seconds for _, seconds in seen.seconds])] if len(seen.seconds) > 1 else []
    yield "memory", list(memory.lines())
    loud = {key: count for key, count in logs.events.items() if key[1] not in {"info", "debug", "text"}}
    yield "logs above information", [f"{n} x {' '.join(key)}" for key, n in sorted(loud.items(), key=_by_count)[:60]]
    yield "tracebacks", [f"{count} x {what}" for what, count in logs.tracebacks.most_common(30)]


def _by_count(item: tuple[Any, int]) -> int:
    return -item[1]


def _say(title: str, *lines: str) -> None:
    now = datetime.now(UTC).strftime("%H:%M:%S")
    sys.stdout.write("\n".join([f"{now} {title}", *(f"  {line}" for line in lines)]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
