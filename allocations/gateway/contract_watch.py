"""Comparing EnKash's answers with their contract as they come, and counting the differences.

Neither may change what becomes of a row: a comparison that fails has found nothing, a count that fails is lost.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from allocations.enkash.contract.comparing import differences
from allocations.enkash.contract.shapes import Call, Found
from allocations.enkash.transport import RawAnswer
from allocations.models import ContractDifference
from allocations.models.contract import Mark

# So many kinds of news are told apart. What breaks is always stored.
MOST_STORED: Final = 1000
OTHERS: Final = "(more than can be listed)"
# What a defect of the comparison could raise. A job's timeout is none of them and passes.
_DEFECTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_AWAY = (DatabaseError, InterfaceError)
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ContractWatch:
    """Hears one process's calls. `run_id`: the run they are made for; `broken`: what was heard since somebody asked."""

    clock: Callable[[], datetime]
    key: str = field(default="", repr=False)
    run_id: int | None = None
    broken: list[Found] = field(default_factory=list)

    def listen_for(self, run_id: int | None) -> None:
        """What is heard from now on was asked for this run."""
        self.run_id, self.broken = run_id, []

    def hear(self, call: Call, raw: RawAnswer) -> None:
        """An answer to a call that only reads: never inside a transaction, for no call is."""
        found = self.compare(call, raw)
        if found:
            self.broken += self.breaking(found)
            self.count(found, run_id=self.run_id)

    def take_broken(self) -> tuple[Found, ...]:
        """The breaking differences that were heard and not taken yet."""
        taken, self.broken = tuple(dict.fromkeys(self.broken)), []
        return taken

    def compare(self, call: Call, raw: RawAnswer) -> tuple[Found, ...]:
        """The differences; none if the comparison itself fails."""
        try:
            return differences(call, raw, key=self.key)
        except _DEFECTS:
            _log.exception("contract_comparison_failed", call=call.value)
            return ()

    def breaking(self, found: Iterable[Found]) -> tuple[Found, ...]:
        """Those that break and are not marked as known. Where that cannot be asked, all that break."""
        broken = [one for one in found if one.breaking]
        if not broken:
            return ()
        try:
            known = ContractDifference.objects.filter(mark=Mark.KNOWN, breaking=True)
            accepted = set(known.values_list("call", "kind", "path", "detail"))
        except _AWAY:
            accepted = set()
        return tuple(one for one in broken if _key(one) not in accepted)

    def count(self, found: Iterable[Found], *, run_id: int | None = None, chunk_id: int | None = None) -> None:
        """One more answer with each of them; outside of any transaction that somebody depends on."""
        now = self.clock()
        for one in sorted(found, key=_key):
            try:
                _count(one, now=now, run_id=run_id, chunk_id=chunk_id)
            except _AWAY:
                _log.warning("contract_count_lost", call=one.call.value, kind=one.kind.value)


def _key(found: Found) -> tuple[str, str, str, str]:
    return found.call.value, found.kind.value, found.path[:250], found.detail[:250]


def _count(found: Found, *, now: datetime, run_id: int | None, chunk_id: int | None) -> None:
    """Several lanes may see the same at once: whoever does not find it adds it, and the other one then finds it."""
    key = dict(zip(("call", "kind", "path", "detail"), _key(found), strict=True))
    example = {"run_id": run_id, "chunk_id": chunk_id} if run_id else {}
    if _add_one(key, found, example, now=now):
        return
    if not found.breaking and ContractDifference.objects.count() >= MOST_STORED:
        key |= {"path": OTHERS, "detail": ""}
        if _add_one(key, found, example, now=now):
            return
    try:
        with transaction.atomic():
            ContractDifference.objects.create(**key, **example, breaking=found.breaking, first_seen=now, last_seen=now)
    except IntegrityError:
        _add_one(key, found, example, now=now)


def _add_one(key: dict[str, str], found: Found, example: dict[str, int | None], *, now: datetime) -> bool:
    """What was called mended and is seen again is open again."""
    reopened = Case(When(mark=Mark.MENDED, then=Value(Mark.OPEN.value)), default=F("mark"))
    return bool(
        ContractDifference.objects.filter(**key).update(
            count=F("count") + 1,
            last_seen=Greatest(F("last_seen"), now),
            breaking=found.breaking,
            mark=reopened,
            **example,
        )
    )
