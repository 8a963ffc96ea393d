import os
import shutil
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO

from django.contrib.auth.models import User
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from allocations import triggers
from allocations.actors import actor_of
from allocations.domain.causes import cause_label
from allocations.domain.errors import DomainError
from allocations.domain.manifest import short_code
from allocations.domain.policy import Actor
from allocations.domain.states import BatchState
from allocations.exports.batch import batch_file
from allocations.exports.kinds import FileKind
from allocations.exports.tallies import FILTERS
from allocations.gateway import database_now
from allocations.models import Batch
from allocations.presenters.numbers import counted, points
from allocations.presenters.reasons import EVIDENCE, EXPLANATIONS
from allocations.selectors.review import causes, newest_upload
from allocations.selectors.totals import ROW_COUNTERS, batch_totals
from allocations.services import trail
from allocations.services.batches import create_batch

_PAUSE = 0.5


class Command(BaseCommand):
    requires_system_checks = ("models", "money")
    help = "Import a list as a new batch, show a batch, or export one, for a person of the portal and by their roles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True)
        taken = does.add_parser("import", help="make a batch of a file: CSV, XLSX or JSON Lines")
        taken.add_argument("file", type=Path)
        taken.add_argument("--as", dest="username", required=True, help="who is its maker: a user name")
        taken.add_argument("--purpose", required=True)
        taken.add_argument("--account", type=int, required=True, help="the reward account's number")
        taken.add_argument("--new-people-only", action="store_true", help="only people without a card get points")
        taken.add_argument("--wait", action="store_true", help="until a worker has checked it")
        shown = does.add_parser("show", help="say where a batch stands")
        shown.add_argument("batch", type=int)
        given = does.add_parser("export", help="write a batch into a file")
        given.add_argument("batch", type=int)
        given.add_argument("--as", dest="username", required=True, help="who gets it: a user name")
        given.add_argument("--kind", choices=[kind.value for kind in FileKind], default=FileKind.CSV_EXACT.value)
        given.add_argument("--outcome", choices=sorted(FILTERS), default="", help="only these rows")
        given.add_argument("--out", type=Path, default=Path(), help="folder")

    def handle(self, *_: Any, **options: Any) -> None:
        triggers.insist(connection)
        try:
            {"import": self._import, "show": self._show, "export": self._export}[options["does"]](options)
        except DomainError as error:
            raise CommandError(error.sentence) from error
        except OSError as error:
            raise CommandError(f"{error.filename or 'A file'}: {error.strerror}.") from error

    def _import(self, options: dict[str, Any]) -> None:
        """The person at the server is nobody of the portal: the trail says that it was made there."""
        actor, path = _actor(options["username"]), options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        with path.open("rb") as file, transaction.atomic():
            batch = create_batch(
                actor,
                purpose=options["purpose"],
                account_id=options["account"],
                is_points_allocation=not options["new_people_only"],
                file_name=path.name,
                content=File(file),
                kind="file",
            )
            _note("batch made at the server", batch)
        self.stdout.write(f"batch {batch.pk} is made and waits to be checked")
        if options["wait"]:
            while Batch.objects.values_list("state", flat=True).get(pk=batch.pk) == BatchState.CHECKING:
                time.sleep(_PAUSE)
            self._show({"batch": batch.pk})

    def _show(self, options: dict[str, Any]) -> None:
        """Without anybody's details."""
        batch = _batch(options["batch"])
        upload = newest_upload(batch.pk)
        rows = counted(batch.row_count - batch.left_out_count, "row")
        code = f", code {short_code(batch.digest)}" if batch.digest else ""
        self.stdout.write(
            f"batch {batch.pk}, {batch.purpose}: {batch.state}, {rows}, {points(batch.points_total)}{code}"
        )
        if upload and upload.error:
            self.stdout.write(f"the list was refused: {upload.error}")
        for cause in causes(batch):
            self.stdout.write(f"{cause.severity}: {cause_label(cause.code)}, {counted(cause.rows, 'row')}")
        if batch.state == BatchState.APPROVED:
            totals = batch_totals(batch)
            parts = (f"{getattr(totals, name)} {name}" for name in ROW_COUNTERS if getattr(totals, name))
            self.stdout.write(f"rows: {', '.join(parts)}; {points(totals.credited_points)} credited")

    def _export(self, options: dict[str, Any]) -> None:
        """Checked, hashed and noted as any export; masked as that person sees the batch."""
        batch, folder = _batch(options["batch"]), options["out"]
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        made = batch_file(
            _actor(options["username"]),
            batch_id=batch.pk,
            kind=options["kind"],
            outcome=options["outcome"],
            reasons={code.value: explanation.words for code, explanation in EXPLANATIONS.items()},
            evidence={code.value: words for code, words in EVIDENCE.items()},
        )
        with made.file, transaction.atomic():
            _note("batch exported at the server", batch, sha256=made.sha256)
            path = folder / made.name
            _write(made.file, path)
        self.stdout.write(f"{path}: {counted(made.tally.row_count, 'row')}, SHA-256 {made.sha256}")


def _write(content: BinaryIO, path: Path) -> None:
    """A new file, whole or not at all, that nobody else on the server may read: it can hold personal data."""
    try:
        with open(path, "xb", opener=_private) as file:
            shutil.copyfileobj(content, file)
    except FileExistsError:
        raise
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(path)
        raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _actor(username: str) -> Actor:
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody who may come in has the user name “{username}”.")
    return actor_of(person)


def _batch(number: int) -> Batch:
    batch = Batch.objects.filter(pk=number).first()
    if batch is None:
        raise CommandError(f"There is no batch {number}.")
    return batch


def _note(event: str, batch: Batch, **data: Any) -> None:
    trail.write_entry(event, at=database_now(), object_type="batch", object_id=batch.pk, batch_id=batch.pk, **data)
