"""What befalls the site: processes die or freeze, cables are pulled, servers start anew, EnKash has bad hours."""

import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import psutil
import requests
from redis import Redis
from redis.exceptions import RedisError

from tests.soak.hosts import Host, Net
from tests.soak.site import Site, Unit

# Seconds between two blows, and how long one lasts: shorter and longer than a lease of 15 s.
_PAUSES = (4, 20)
_LASTS = (3, 40)


class Weather:
    """One blow at a time. `spare`: units that are left alone, so that their memory can be watched as they grow old."""

    def __init__(self, site: Site, *, seed: int) -> None:
        self._site, self._chance = site, random.Random(seed)
        self.seen: Counter[str] = Counter()
        self.spare: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._blow, name="weather", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Waits for the last blow to be over; then EnKash answers well, as soon as it is up again."""
        self._over.set()
        self._thread.join()
        self._site.wait_for_simulator()
        self._site.control("settings", profile="clean")

    def _blow(self) -> None:
        blows: tuple[tuple[int, Callable[[], str]], ...] = (
            (4, self._kill),
            (3, self._restart),
            (4, self._pull_cable),
            (2, self._freeze),
            (2, self._empty_redis),
            (4, self._enkash_changes),
            (1, self._tokens_expire),
        )
        weights, acts = [weight for weight, _ in blows], [act for _, act in blows]
        while not self._over.wait(self._chance.uniform(*_PAUSES)):
            act = self._chance.choices(acts, weights)[0]
            # EnKash's stand-in may be the one that is down.
            with suppress(requests.RequestException):
                self.seen[act()] += 1

    def _unit(self, *but: str) -> Unit:
        units = [unit for unit in self._site.units.values() if unit.name not in self.spare and unit.name not in but]
        return self._chance.choice(units)

    def _kill(self) -> str:
        """Also database, Redis and EnKash's stand-in: each comes back from its files."""
        unit = self._unit()
        # A killed postmaster leaves children behind that hold the files; this ends them all at once, without a checkpoint.
        unit.signal(signal.SIGQUIT) if unit.name == "postgres" else unit.kill()
        return f"{_kind(unit)} killed"

    def _restart(self) -> str:
        """What everybody needs stays away for a while."""
        unit = self._unit()
        unit.stop()
        if unit.host is None:
            self._over.wait(self._chance.uniform(*_LASTS))
        unit.is_up = True
        return f"{_kind(unit)} restarted"

    def _pull_cable(self) -> str:
        """Of a machine with workers, or of the pages: to the data, to EnKash, or to both."""
        host: Host = self._chance.choice(list(self._site.hosts.values()))
        nets = self._chance.choice(([Net.DATA], [Net.WORLD], [Net.DATA, Net.WORLD]))
        for net in nets:
            host.pull(net)
        self._over.wait(self._chance.uniform(*_LASTS))
        for net in nets:
            host.plug(net)
        return f"cable to {' and '.join(nets)} pulled"

    def _freeze(self) -> str:
        """A process that sleeps through its own lease and then goes on as if nothing had been."""
        unit = self._unit("postgres", "redis", "simulator", "web")
        frozen = [*unit.processes()]
        for process in frozen:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        self._over.wait(self._chance.uniform(*_LASTS))
        for process in frozen:
            with suppress(psutil.NoSuchProcess):
                process.resume()
        return f"{_kind(unit)} frozen"

    def _empty_redis(self) -> str:
        try:
            with Redis.from_url(self._site.env["REDIS_URL"], socket_timeout=5) as connection:
                connection.flushall()
        except RedisError:
            return "Redis not emptied: away"
        return "Redis emptied"

    def _enkash_changes(self) -> str:
        profile = self._chance.choice(("clean", "clean", "realistic", "chaos"))
        self._site.control("settings", profile=profile)
        return f"EnKash {profile}"

    def _tokens_expire(self) -> str:
        self._site.control("expire_tokens")
        return "EnKash's tokens expired"


def _kind(unit: Unit) -> str:
    return unit.name.partition("-")[0]
