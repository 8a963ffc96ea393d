"""Keeping the raw answer of a call before anybody reads it: in the database, or on this disk while that is away."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum

from django.db import InterfaceError, OperationalError, connection, transaction

from allocations.domain.states import ATTEMPT, OPEN_ATTEMPTS, AttemptEvent, AttemptState, move
from allocations.enkash.transport import RawAnswer
from allocations.gateway import Gateway, secrets, spool
from allocations.gateway.spool import Spooled
from allocations.models import Attempt
from allocations.services import answering
from allocations.services.leases import Claim, still_mine

# Seconds before each further try, one minute in all.
WAITS = (2, 6, 12, 16, 24)
_AWAY = (OperationalError, InterfaceError)
_GIVEN_UP = (AttemptState.UNKNOWN, AttemptState.RESOLVED)


class Kept(StrEnum):
    """LATE: the worker was overtaken. NOWHERE: the attempt has an answer already, or a restore took it away."""

    IN_TIME = "in_time"
    LATE = "late"
    NOWHERE = "nowhere"


def keep_answer(attempt: Attempt, raw: RawAnswer, *, claim: Claim, gateway: Gateway) -> Kept:
    """Commits the raw bytes. While the database is away it tries for a minute, each time on a fresh connection.

    Raises OperationalError or InterfaceError if that was in vain: then the answer waits in the spool.
    """
    answer = Spooled(raw, _now(gateway))
    with suppress(*_AWAY):
        return _keep(attempt, answer, claim=claim)
    # At once, for this process may not live through the minute.
    spool.put(attempt, answer)
    kept = _keep_patiently(attempt, answer, claim=claim)
    spool.remove(attempt)
    return kept


def _keep_patiently(attempt: Attempt, answer: Spooled, *, claim: Claim) -> Kept:
    for wait in WAITS[:-1]:
        _reconnect_after(wait)
        with suppress(*_AWAY):
            return _keep(attempt, answer, claim=claim)
    _reconnect_after(WAITS[-1])
    return _keep(attempt, answer, claim=claim)


def _reconnect_after(seconds: float) -> None:
    connection.close()
    time.sleep(seconds)


def _now(gateway: Gateway) -> datetime:
    """The database's clock, or this machine's while that is away."""
    try:
        return gateway.clock()
    except _AWAY:
        return datetime.now(UTC)


def _keep(attempt: Attempt, answer: Spooled, *, claim: Claim) -> Kept:
    with transaction.atomic(durable=True):
        mine = still_mine(claim)
        kept = _store(attempt, answer)
    return Kept.LATE if kept is Kept.IN_TIME and not mine else kept


def _store(attempt: Attempt, answer: Spooled) -> Kept:
    """In the caller's transaction; an attempt that is answered in time has what was read of it. After a restore another
    attempt can have the number: this one has its own worker and payload."""
    own = Attempt.objects.filter(pk=attempt.pk, worker=attempt.worker, payload_sha256=attempt.payload_sha256)
    fields = {
        "answered_at": answer.answered_at,
        "quiet_since": answer.answered_at,
        "seconds": answer.raw.seconds,
        "http_status": answer.raw.status,
        "headers": dict(answer.raw.headers),
        "body": secrets.encrypt(answer.raw.body),
    }
    # An intent that nobody has given up yet is answered in time: whoever holds the chunk now will read it.
    answered = move(ATTEMPT, AttemptState.INTENT, AttemptEvent.ANSWER)
    if own.filter(state=AttemptState.INTENT).update(state=answered, **fields):
        attempt.state, attempt.answered_at, attempt.http_status = answered, answer.answered_at, answer.raw.status
        return Kept.IN_TIME
    # Without a result until somebody has read it: this worker may not live to do so.
    given_up = own.filter(state__in=_GIVEN_UP, body__isnull=True)
    if given_up.update(state=AttemptState.RESOLVED, result="", **fields):
        return Kept.LATE
    return Kept.NOWHERE


def take_spooled(attempt: Attempt) -> Kept:
    """Stores the attempt's answer if it is in this machine's spool; the file goes after the commit."""
    answer = spool.get(attempt)
    if answer is None:
        return Kept.NOWHERE
    with transaction.atomic(durable=True):
        kept = _store(attempt, answer)
    spool.remove(attempt)
    return kept


def take_late(*, gateway: Gateway) -> None:
    """Answers in the spool whose attempts were given up meanwhile, by a worker of another machine: late evidence."""
    closed = Attempt.objects.filter(pk__in=spool.waiting()).exclude(state__in=OPEN_ATTEMPTS)
    for attempt in closed:
        if take_spooled(attempt) is Kept.LATE:
            answering.apply_answer(attempt.pk, gateway=gateway, late=True)
