from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allocations.management.doctor import State, examine


class Command(BaseCommand):
    help = "Look at every part of the installation and say what is wrong and what to do. Ends with 1 if anything is."
    # What a start would refuse is told among the findings.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--offline", action="store_true", help="do not ask EnKash for balances")

    def handle(self, *_: Any, **options: Any) -> None:
        wrong = 0
        for finding in examine(offline=options["offline"]):
            wrong += finding.state is State.WRONG
            self.stdout.write(f"{finding.state:<6} {finding.part}: {finding.text}")
            if finding.remedy:
                self.stdout.write(f"       -> {finding.remedy}")
        if wrong:
            raise CommandError(f"{wrong} to mend.")
