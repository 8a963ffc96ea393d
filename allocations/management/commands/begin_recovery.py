from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from allocations import gateway, triggers
from allocations.gateway.witness import redis_witness
from allocations.services import recovering


class Command(BaseCommand):
    requires_system_checks = ("models", "money")
    help = "After a restore, before the workers start: send nothing until every open row was looked up at EnKash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--because", default="Restored from a backup.", help="a sentence for the trail")

    def handle(self, *_: Any, **options: Any) -> None:
        triggers.insist(connection)
        timing = gateway.timing()
        marked = recovering.begin(
            now=gateway.database_now(), timing=timing, why=options["because"], witness=redis_witness()
        )
        minutes = (timing.lease + timing.recovery.quiet).total_seconds() / 60
        self.stdout.write(
            f"Recovery began: nothing is sent. The rows of {marked} calls are looked up in {minutes:.0f} minutes, when "
            "the workers and the sweeper run; then recovery ends by itself."
        )
