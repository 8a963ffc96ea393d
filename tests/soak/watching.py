"""What the processes hold in memory as they grow old, and what they wrote into their logs."""

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import linear_regression, median, quantiles

import psutil

from tests.soak.site import Site

_WARMING_SECONDS = 180
_PERSONAL = re.compile(r"(?<!\d)9\d{9}(?!\d)|Soak Person|@example\.com")


@dataclass
class Memory:
    """Megabytes by unit and start of it: (age in seconds, MB). Work-horses live too short to count: their parents are watched."""

    samples: dict[tuple[str, int], list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def look(self, site: Site) -> None:
        for unit in site.units.values():
            processes = unit.processes()
            if not processes:
                continue
            watched = processes if unit.name in {"web", "postgres"} else processes[:1]
            total = sum(_megabytes(process) for process in watched)
            self.samples[unit.name, unit.starts].append((time.time() - processes[0].create_time(), total))

    def lines(self) -> Iterator[str]:
        """Of each unit the life that lasted longest: where it was after warming, where at its end, and the slope."""
        longest: dict[str, list[tuple[float, float]]] = {}
        for (name, _), samples in self.samples.items():
            grown = [sample for sample in samples if sample[0] >= _WARMING_SECONDS]
            if len(grown) > len(longest.get(name, ())):
                longest[name] = grown
        for name, grown in longest.items():
            if len(grown) < 10:
                continue
            part = len(grown) // 5
            first, last = median(mb for _, mb in grown[:part]), median(mb for _, mb in grown[-part:])
            slope = linear_regression([age / 3600 for age, _ in grown], [mb for _, mb in grown]).slope
            minutes = (grown[-1][0] - grown[0][0]) / 60
            yield f"{name}: {first:.0f} MB, after {minutes:.0f} min {last:.0f} MB ({slope:+.0f} MB/h)"


def _megabytes(process: psutil.Process) -> float:
    try:
        # Shared pages would count once per process.
        return process.memory_full_info().uss / 1e6
    except psutil.Error:
        return 0.0


def latency(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return f"{len(seconds)} pages read: median {cuts[49] * 1000:.0f} ms, 95 % {cuts[94] * 1000:.0f} ms, 99 % {cuts[98] * 1000:.0f} ms"


@dataclass
class Logs:
    """`events`: what was logged by unit kind, level and text, numbers left out. `personal`: lines with somebody's data."""

    events: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    personal: list[str] = field(default_factory=list)
    tracebacks: Counter[str] = field(default_factory=Counter)

    def read(self, site: Site) -> None:
        for unit in site.units.values():
            if unit.name in {"postgres", "redis", "simulator"}:
                continue
            for line in (site.folder / f"{unit.name}.log").read_text(errors="replace").splitlines():
                self._line(unit.name.partition("-")[0], line)

    def _line(self, kind: str, line: str) -> None:
        if _PERSONAL.search(line):
            self.personal.append(f"{kind}: {line[:300]}")
        try:
            told = json.loads(line)
        except ValueError:
            # Mails are printed here, for there is no server that takes them.
            if re.search(r"Error|Exception|Traceback", line):
                self.tracebacks[f"{kind}: {_numberless(line)}"] += 1
            return
        if isinstance(told, dict):
            self.events[kind, str(told.get("level")), _numberless(str(told.get("event")))] += 1
            if trace := told.get("exception"):
                self.tracebacks[f"{kind}: {_numberless(str(trace).strip().splitlines()[-1])}"] += 1


def _numberless(text: str) -> str:
    return re.sub(r"\d+", "N", text)[:160]
