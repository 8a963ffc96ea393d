"""The ledger on disk: written after every call, read once at the start."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from allocations.enkash.simulator.ids import Sequence
from allocations.enkash.simulator.ledger import Account, Entry, Kind, Ledger
from allocations.enkash.simulator.people import People, Person

SCHEMA = """
create table if not exists entry (
  reference text, company text, account text, mobile text, user_id text, card_id text, transaction_id text,
  kind text, amount text, status text, account_balance text, user_balance text, at real);
create table if not exists person (
  company text, account text, mobile text, user_id text, card_id text, name text, email text, title text,
  primary key (company, account, mobile));
create table if not exists account (
  company text, account text, opening text, primary key (company, account));
create table if not exists request (number integer, received_at real, company text, account text, refs text);
create table if not exists sequence (prefix text primary key, used integer);
"""


class Storage:
    """One SQLite file. Safe for threads; a killed simulator keeps every call that was answered."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("pragma journal_mode=wal")
        self._database.execute("pragma synchronous=normal")
        self._database.executescript(SCHEMA)

    def append(
        self,
        *,
        entries: Iterable[Entry],
        people: Iterable[Person],
        accounts: Iterable[Account],
        sequences: Iterable[Sequence],
    ) -> None:
        """Adds entries and people and brings openings and sequences up to date, in one transaction."""
        with self._transaction() as database:
            database.executemany("insert into entry values (?,?,?,?,?,?,?,?,?,?,?,?,?)", map(_entry_row, entries))
            database.executemany("insert or ignore into person values (?,?,?,?,?,?,?,?)", map(_person_row, people))
            database.executemany("insert or replace into account values (?,?,?)", map(_account_row, accounts))
            database.executemany(
                "insert into sequence values (?,?) on conflict do update set used = max(used, excluded.used)",
                [(sequence.prefix, sequence.used) for sequence in sequences],
            )

    def append_request(self, number: int, *, received_at: float, key: tuple[str, str], references: str) -> None:
        with self._transaction() as database:
            database.execute("insert into request values (?,?,?,?,?)", (number, received_at, *key, references))

    def load(self, ledger: Ledger, people: People) -> None:
        """Fills an empty ledger and register from the file."""
        with self._lock:
            used = dict(self._database.execute("select prefix, used from sequence"))
            for company, account, opening in self._database.execute("select * from account"):
                ledger.open((company, account), balance=Decimal(opening))
            for row in self._database.execute("select * from person order by rowid"):
                people.restore(_person(row))
            for row in self._database.execute("select * from entry order by rowid"):
                ledger.restore(_entry(row))
        people.continue_after(users=used.get("EK", 0), cards=used.get("EKC", 0))
        ledger.transactions = Sequence("ECT", width=10, seed=ledger.seed, start=used.get("ECT", 0))

    def clear(self) -> None:
        """Forgets everything but the sequences: an identifier is never given out again."""
        with self._transaction() as database:
            for table in ("entry", "person", "account", "request"):
                database.execute(f"delete from {table}")  # noqa: S608 - names from the line above

    def close(self) -> None:
        with self._lock:
            self._database.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("begin immediate")
            try:
                yield self._database
            except BaseException:
                self._database.execute("rollback")
                raise
            self._database.execute("commit")


def _entry_row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.reference,
        *entry.account,
        entry.mobile,
        entry.user_id,
        entry.card_id,
        entry.transaction_id,
        entry.kind,
        str(entry.amount),
        entry.status,
        str(entry.account_balance),
        str(entry.user_balance),
        entry.at,
    )


Row = tuple[str, str, str, str, str, str, str, Kind, str, str, str, str, float]


def _entry(row: Row) -> Entry:
    return Entry(
        reference=row[0],
        account=(row[1], row[2]),
        mobile=row[3],
        user_id=row[4],
        card_id=row[5],
        transaction_id=row[6],
        kind=row[7],
        amount=Decimal(row[8]),
        status=row[9],
        account_balance=Decimal(row[10]),
        user_balance=Decimal(row[11]),
        at=row[12],
    )


def _person_row(person: Person) -> tuple[str, ...]:
    return (
        *person.account,
        person.mobile,
        person.user_id,
        person.card_id,
        person.name,
        person.email,
        person.title,
    )


def _person(row: tuple[str, ...]) -> Person:
    company, account, mobile, user_id, card_id, name, email, title = row
    return Person(
        account=(company, account),
        mobile=mobile,
        user_id=user_id,
        card_id=card_id,
        name=name,
        email=email,
        title=title,
    )


def _account_row(account: Account) -> tuple[str, ...]:
    return (*account.key, str(account.opening))
