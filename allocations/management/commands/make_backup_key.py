import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pyrage
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Make the key that opens backups, and print the one that closes them for BACKUP_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where the key that opens goes; then take it off this machine")

    def handle(self, *_: Any, **options: Any) -> None:
        path: Path = options["file"]
        key = pyrage.x25519.Identity.generate()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        with os.fdopen(handle, "w") as file:
            file.write(f"{key}\n")
        self.stdout.write(f"BACKUP_KEYS={key.to_public()}")
        self.stderr.write(
            f"{path} opens what that closes. Keep it where this machine cannot read it, and not only once."
        )
