"""Runs the stand-in EnKash until it is told to stop."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.drift import Drift
from allocations.enkash.simulator.options import Profile
from allocations.enkash.simulator.server import Simulator


class Command(BaseCommand):
    help = "Serves a stand-in EnKash for demos, training and tests. It holds no real points."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--profile", choices=[each.value for each in Profile], default=Profile.CLEAN.value)
        parser.add_argument(
            "--drift",
            choices=[each.value for each in Drift],
            default=Drift.NONE.value,
            help="answers that differ from the documentation: a field renamed, or fields and texts added",
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--ledger", type=Path, help="SQLite file that keeps the ledger across restarts")
        parser.add_argument("--latency-ms", type=int, default=0)
        parser.add_argument("--hang-seconds", type=float, default=5.0, help="how long a lost answer hangs")
        parser.add_argument("--balance", type=int, default=demo.BALANCE, help="points per account at the start")

    def handle(self, *_args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        simulator = Simulator(
            profile=options["profile"],
            seed=options["seed"],
            ledger=options["ledger"],
            port=options["port"],
            host=options["host"],
            balance=options["balance"],
            latency=options["latency_ms"] / 1000,
            hang_seconds=options["hang_seconds"],
            drift=options["drift"],
        )
        with simulator:
            self.stdout.write(f"EnKash simulator (no real points) on {simulator.url}")
            self.stdout.write(
                f"profile {options['profile']}, seed {options['seed']}, control {simulator.url}/_control/state"
            )
            self.stdout.flush()
            stop.wait()
        self.stdout.write("EnKash simulator stopped.")
