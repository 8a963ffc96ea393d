from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from allocations import triggers
from allocations.domain.errors import DomainError
from allocations.services import emptying


class Command(BaseCommand):
    requires_system_checks = ("models", "money")
    help = "Takes the rows out of a batch from a backup, after people compared it with EnKash's statement."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=int, help="the batch's number")
        parser.add_argument("--because", required=True, help="who compared what; a sentence for the trail")

    def handle(self, *_: Any, **options: Any) -> None:
        triggers.insist(connection)
        try:
            rows = emptying.empty_batch(options["batch"], why=options["because"])
        except DomainError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{rows} rows were taken out of batch {options['batch']}. An admin can upload its list now.")
