from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from allocations import gateway
from allocations.services import recovering


class Command(BaseCommand):
    requires_system_checks = ("models", "money")
    help = "Ends a recovery that cannot end by itself, after people compared every open row with EnKash's statement."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--because", required=True, help="who compared what; a sentence for the trail")

    def handle(self, *_: Any, **options: Any) -> None:
        if not recovering.end_by_person(now=gateway.database_now(), why=options["because"]):
            raise CommandError("There is no recovery to end, and no row waits for a look-up because of one.")
        self.stdout.write("Recovery ended. Open rows are sent under the references they have, without a look-up.")
