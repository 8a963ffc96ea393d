"""The database of a simulation: approved batches are prepared once by shape and copied back for every seed."""

import base64
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from unittest import mock

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from allocations.models import Account, Batch
from allocations.selectors.accepting import to_be_seen
from allocations.services.approval import approve_batch
from allocations.services.repeats import Answer
from allocations.services.submission import submit_batch
from tests.factories.batches import recount
from tests.factories.lists import BatchFactory, RowFactory, UploadFactory
from tests.factories.people import UserFactory, known
from tests.factories.samples import open_sample
from tests.simulation import compiler, journal
from tests.simulation.timeline import all_clocks

START = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
COMPANY, CARD_ACCOUNT = "CEKSIM001", "CASIM1"
MOST_LANES = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """What was approved. `twice`: the first and the last row of a batch go to the same person."""

    rows: int
    twice: bool
    batches: int


class Templates(Protocol):
    """A database of its own, and what it holds when a seed begins."""

    connection: BaseDatabaseWrapper

    def load(self, shape: Shape, *, chunk: int, lanes: int) -> None:
        """Sets the database to fresh batches of the shape, whose runs are queued. Only while it is connected."""

    def back_up(self) -> None:
        """Remembers what the database holds now. One backup at a time."""

    def restore(self) -> None:
        """Puts the backup back."""

    def close(self) -> None: ...


class MemoryTemplates:
    """SQLite in memory, set back in a millisecond."""

    def __init__(self) -> None:
        pragmas = "PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;"
        options = {"transaction_mode": "IMMEDIATE", "init_command": pragmas}
        engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": options}
        self.connection = connection_to(engine)
        self.connection.ops.compiler_module = compiler.__name__
        with connected(self.connection):
            create_people()
        self._empty = _copy_of(self.connection.connection)
        self._backup = sqlite3.connect(":memory:")
        self._by_shape: dict[Shape, sqlite3.Connection] = {}

    def load(self, shape: Shape, *, chunk: int, lanes: int) -> None:
        if shape not in self._by_shape:
            self._empty.backup(self.connection.connection)
            prepare(shape)
            self._by_shape[shape] = _copy_of(self.connection.connection)
        self._by_shape[shape].backup(self.connection.connection)
        adjust(chunk=chunk, lanes=lanes)

    def back_up(self) -> None:
        self._backup.close()
        self._backup = _copy_of(self.connection.connection)

    def restore(self) -> None:
        self._backup.backup(self.connection.connection)

    def close(self) -> None:
        for database in (self.connection.connection, self._empty, self._backup, *self._by_shape.values()):
            database.close()


def _copy_of(source: sqlite3.Connection) -> sqlite3.Connection:
    copy = sqlite3.connect(":memory:")
    source.backup(copy)
    return copy


def create_people() -> None:
    call_command("migrate", verbosity=0)
    journal.install(connection)
    UserFactory(username="maker", roles=("admin",))
    UserFactory(username="uploader", roles=("admin",))
    UserFactory(username="approver", roles=("approver",))
    UserFactory(username="second", roles=("approver",))
    UserFactory(username="owner", roles=("owner",))


def prepare(shape: Shape) -> None:
    """Batches on their way to approval, through the portal's own services."""
    account = Account.objects.create(name="Simulated", company_id=COMPANY, card_account_id=CARD_ACCOUNT)
    for number in range(1, MOST_LANES + 1):
        account.lanes.create(number=number)
    with mock.patch("allocations.queue._ring"), all_clocks(lambda: START):
        for order in range(shape.batches):
            _prepare_batch(shape, account, order)


def _prepare_batch(shape: Shape, account: Account, order: int) -> None:
    batch = BatchFactory(state="review", account=account, uploaded_by=User.objects.get(username="uploader"))
    UploadFactory(batch=batch, state="ready", file="list.csv")
    for position in range(shape.rows):
        person = 0 if shape.twice and position == shape.rows - 1 else position
        RowFactory(
            batch=batch,
            number=position + 2,
            name=f"Person {person}",
            mobile=f"98000000{person:02}",
            email=f"person{person}@example.com",
            # Twice the same person and the same points: only the reference tells the two apart. But no batch is wholly
            # another one: that would not be submitted.
            amount=100 + 10 * person + (order if person == 0 else 0),
            reference=reference_of(f"{order} {position}"),
        )
    recount(batch)
    maker, approver = (known(User.objects.get(username=name)) for name in ("maker", "approver"))
    answer = Answer("Simulated", frozenset(Batch.objects.values_list("pk", flat=True)))
    batch = submit_batch(maker, batch_id=batch.pk, answer=answer)
    open_sample(approver, batch)
    approve_batch(approver, batch_id=batch.pk, version=batch.version, digest=batch.digest, seen=to_be_seen(batch))


def adjust(*, chunk: int, lanes: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE allocations_account SET chunk_size = %s", [chunk])
        cursor.execute("DELETE FROM allocations_lane WHERE number > %s", [lanes])


def reference_of(name: str) -> str:
    """The same in every process, so that a seed replays."""
    return base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()[:26]


def connection_to(engine: dict[str, object]) -> BaseDatabaseWrapper:
    return ConnectionHandler({"default": engine})["default"]


@contextmanager
def connected(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Everything in the block runs on this database, whatever the settings say."""
    former = connections["default"]
    connections["default"] = database
    try:
        yield
    finally:
        connections["default"] = former
