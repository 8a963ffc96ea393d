from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from allocations import triggers
from allocations.domain.errors import DomainError
from allocations.domain.retention import SHORTEST_DAYS
from allocations.gateway import database_now
from allocations.selectors.retention import erasable_batches, half_erased_batches
from allocations.services.erasing import erase_batch


class Command(BaseCommand):
    requires_system_checks = ("models", "money")
    help = "Erase the personal data of batches that are long over. The trail and signed bundles of them still verify."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, help="how long they are over; else PERSONAL_DATA_DAYS")
        parser.add_argument("--dry-run", action="store_true", help="only name the batches")

    def handle(self, *_: Any, **options: Any) -> None:
        triggers.insist(connection)
        days = options["days"] or settings.PERSONAL_DATA_DAYS
        if days < SHORTEST_DAYS:
            raise CommandError(f"Set PERSONAL_DATA_DAYS or --days to {SHORTEST_DAYS} or more: what is erased is gone.")
        due = erasable_batches(before=database_now() - timedelta(days=days))
        for batch_id in sorted(
            {*due.values_list("pk", flat=True), *half_erased_batches().values_list("pk", flat=True)}
        ):
            if options["dry_run"]:
                self.stdout.write(f"batch {batch_id} would be erased")
                continue
            try:
                erase_batch(batch_id, days=days)
            except DomainError as error:
                self.stderr.write(error.sentence)
            else:
                self.stdout.write(f"batch {batch_id} was erased")
