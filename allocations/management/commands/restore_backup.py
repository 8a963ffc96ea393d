from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from allocations.management.backups.archive import restore_backup
from allocations.management.backups.databases import BackupFailed
from allocations.models import TrailEntry


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Put a backup into an empty database and empty folders, and begin recovery. Everything else is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--key", type=Path, required=True, help="the file of make_backup_key")
        parser.add_argument("--because", required=True, help="a sentence for the trail")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            contents = restore_backup(options["file"], identity=options["key"].read_text())
        except BackupFailed as failed:
            raise CommandError(f"{failed} Nothing was changed.") from failed
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror or error}.") from error
        call_command("migrate", verbosity=0)
        if contents.entries and not TrailEntry.objects.filter(number=contents.entries, link=contents.link).exists():
            raise CommandError("The restored trail does not hold what the backup's list says. Begin nothing with it.")
        self.stdout.write(f"Restored what was there at {contents.made_at}: {len(contents.files)} files.")
        call_command("begin_recovery", because=options["because"], stdout=self.stdout)
