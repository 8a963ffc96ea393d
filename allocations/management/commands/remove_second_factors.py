from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allocations.domain.errors import DomainError
from allocations.services.sign_ins import remove_second_factors


class Command(BaseCommand):
    help = "Take all second factors from somebody who lost them. Their roles wait until they have a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--because", required=True, help="how you know that it is them; kept in the trail")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            removed = remove_second_factors(username=options["username"], because=options["because"])
        except DomainError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{removed} second factors and recovery codes removed; every session of theirs has ended.")
