from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from allocations.gateway import database_now
from allocations.management.backups.archive import write_backup
from allocations.management.backups.databases import BackupFailed


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Write database, uploaded files and spooled answers into one encrypted file, while everything goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_: Any, **options: Any) -> None:
        now = database_now()
        target = options["folder"] / f"portal-{now:%Y-%m-%dT%H%M%SZ}.backup.age"
        try:
            contents = write_backup(target, keys=settings.BACKUP_KEYS, now=now)
        except BackupFailed as failed:
            raise CommandError(str(failed)) from failed
        except OSError as error:
            raise CommandError(f"{error.filename or target}: {error.strerror or error}.") from error
        size = target.stat().st_size
        self.stdout.write(
            f"{target}: {len(contents.files)} files, {contents.entries} entries of the trail, {size} bytes"
        )
