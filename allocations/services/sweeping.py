"""The sweeper: rings again for whatever the doorbell lost, and keeps balances fresh. It sends no points itself."""

import contextlib
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q

from allocations import queue
from allocations.domain.states import RunState
from allocations.enkash.errors import EnkashError
from allocations.gateway import Gateway
from allocations.models import Account, Chunk, Lane, Run, SweeperLease, Upload
from allocations.models.runs import ChunkState
from allocations.models.uploads import UploadState
from allocations.services import balances, holds, late_answers, leases, recovering, reversal_leases

# An upload that shows no sign of life for so long lost its worker.
IMPORT_SILENCE = timedelta(seconds=60)
# A fresh upload is on its way through Redis; ringing for it at once would only double the bell.
IMPORT_GRACE = timedelta(seconds=10)


def sweep(*, gateway: Gateway, every: timedelta) -> tuple[int, int] | None:
    """How many runs and uploads were rung for; None when another sweeper holds the lease."""
    now = gateway.clock()
    if not _take_lease(gateway.worker, now=now, every=every):
        return None
    recovers = recovering.guard(gateway=gateway) and not recovering.end_if_done(gateway=gateway)
    found = recovering.runs_to_look_up(now) if recovers else runs_with_work(now)
    run_ids = [*found.values_list("pk", flat=True)]
    run_ids += [run.pk for run in late_answers.runs_to_read().exclude(pk__in=run_ids)]
    with_work = reversal_leases.reversals_with_work(now)
    upload_ids = list(silent_uploads(now).values_list("pk", flat=True))
    for run_id in run_ids:
        queue.ring_run(run_id)
    for upload_id in upload_ids:
        queue.ring_import(upload_id)
    for reversal_id in sorted({one.pk for one in (*with_work, *late_answers.reversals_to_read())}):
        queue.ring_reversal(reversal_id)
    return len(run_ids), len(upload_ids)


def _take_lease(owner: str, *, now: datetime, every: timedelta) -> bool:
    SweeperLease.objects.get_or_create(pk=1)
    free = Q(owner=owner) | Q(expires_at__isnull=True) | Q(expires_at__lt=now)
    return bool(SweeperLease.objects.filter(free).update(owner=owner, expires_at=now + 3 * every, swept_at=now))


def runs_with_work(now: datetime) -> models.QuerySet[Run]:
    """Runs that could go on now: queued ones, running ones with a due free chunk and lane, or with none to work on."""
    due, free = leases.due(now), leases.free(now)
    open_chunks = Chunk.objects.filter(holds.workable(), run=OuterRef("pk"), state=ChunkState.OPEN)
    lanes = Lane.objects.filter(free, account=OuterRef("batch__account"))
    going = Q(state=RunState.RUNNING) & (Exists(open_chunks.filter(due, free)) & Exists(lanes) | ~Exists(open_chunks))
    return Run.objects.filter(due, holds.startable(now)).filter(Q(state=RunState.QUEUED) | going).order_by("pk")


def silent_uploads(now: datetime) -> models.QuerySet[Upload]:
    """Uploads that wait too long to be read, or whose reader fell silent."""
    waiting = Q(state=UploadState.WAITING, uploaded_at__lt=now - IMPORT_GRACE)
    silent = Q(state__in=(UploadState.READING, UploadState.CHECKING)) & (
        Q(seen_at__isnull=True) | Q(seen_at__lt=now - IMPORT_SILENCE)
    )
    return Upload.objects.filter(waiting | silent).order_by("pk")


class BalanceWatch:
    """Asks for balances that nobody has read lately; a failing EnKash is not asked more often than a working one."""

    def __init__(self, *, every: timedelta) -> None:
        self._every = every
        self._asked_at: dict[int, datetime] = {}

    def refresh(self, *, gateway: Gateway) -> None:
        now = gateway.clock()
        old = Q(balance_at__isnull=True) | Q(balance_at__lt=now - self._every)
        for account in Account.objects.filter(old).order_by("pk"):
            if now - self._asked_at.get(account.pk, now - self._every) < self._every:
                continue
            self._asked_at[account.pk] = now
            with contextlib.suppress(EnkashError):
                balances.read_balance(account, gateway=gateway)
