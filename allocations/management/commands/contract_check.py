from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allocations.enkash.contract.wording import sentence
from allocations.management.contract_check import Checked, check_calls, check_recorded


class Command(BaseCommand):
    help = (
        "Compare EnKash's answers with its documentation: login, account, look-up. Gives no points. "
        "Ends with 1 if the portal could not rely on one of them, or had no answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reference",
            action="append",
            default=[],
            help="look this reference up, to see how EnKash lists a transaction; may be given again",
        )
        parser.add_argument(
            "--recorded",
            action="store_true",
            help="ask EnKash nothing: compare the answers that are stored, and count none of them",
        )
        parser.add_argument("--strict", action="store_true", help="end with 1 for news as well")

    def handle(self, *_: Any, **options: Any) -> None:
        checks = check_recorded() if options["recorded"] else check_calls(references=options["reference"])
        wrong = 0
        for checked in checks:
            self._tell(checked)
            wrong += bool(checked.trouble or checked.broken or (options["strict"] and checked.found))
        if wrong:
            raise CommandError(f"{wrong} not as documented.")

    def _tell(self, checked: Checked) -> None:
        state = "wrong" if checked.trouble or checked.broken else "look" if checked.found else "ok"
        self.stdout.write(f"{state:<6} {checked.what}")
        if checked.trouble:
            self.stdout.write(f"       {checked.trouble}")
        for found, times in checked.found.items():
            weight = "breaks" if found in checked.broken else "known" if found.breaking else "news"
            self.stdout.write(f"       {weight}: {sentence(found)} ({times})")
