"""Counting what goes wrong in a run, and pausing it before more does."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from allocations import gateway
from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.stop_loss import Lately, loss
from allocations.models import Chunk, Run
from allocations.models.runs import ChunkState
from allocations.services import runs


def watch(run: Run, verdicts: Sequence[Verdict], *, now: datetime) -> None:
    """After verdicts were put on rows, in the same transaction."""
    failed = sum(verdict.outcome is Outcome.FAILED for verdict in verdicts)
    credited = sum(verdict.outcome is Outcome.CREDITED for verdict in verdicts)
    unknown = sum(verdict.outcome is Outcome.UNKNOWN for verdict in verdicts)
    _count(run, decided=failed + credited, failed=failed, unknown=unknown, now=now)


def watch_lost(run: Run, rows: int, *, now: datetime) -> None:
    """After a call with so many rows was lost, in the same transaction."""
    _count(run, decided=0, failed=0, unknown=rows, now=now)


def _count(run: Run, *, decided: int, failed: int, unknown: int, now: datetime) -> None:
    """Where nothing is left to send, there is nothing to stop."""
    if not decided + unknown:
        return
    this = Run.objects.filter(pk=run.pk)
    this.update(lately_decided=F("lately_decided") + decided, lately_failed=F("lately_failed") + failed)
    since = this.values("lately_decided", "lately_failed").get()
    lately = Lately(decided=since["lately_decided"], failed=since["lately_failed"], unknown=unknown)
    found = loss(lately, rules=gateway.stop_loss_rules())
    if found and Chunk.objects.filter(run=run, state=ChunkState.OPEN, pending__gt=0).exists():
        runs.pause_by_itself(run, found.pause, now=now, detail=found.detail)
