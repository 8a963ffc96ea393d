from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from allocations.gateway import trail_key


class Command(BaseCommand):
    help = "Make the key that seals the trail, in a file of its own, and print the public key that outsiders pin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", default=settings.TRAIL_KEY_FILE, help="default: TRAIL_KEY_FILE")

    def handle(self, *_: Any, **options: Any) -> None:
        if not options["file"]:
            raise CommandError("Name a file: --file /etc/rewards-portal/trail.pem, and set TRAIL_KEY_FILE to it.")
        try:
            key = trail_key.make(Path(options["file"]))
        except FileExistsError as error:
            raise CommandError(
                f"{options['file']} exists. A key is not replaced: seals made with it could no longer be made. "
                "Name another file to begin with a new key."
            ) from error
        if options["verbosity"]:
            self.stdout.write(trail_key.public_hex(key))
