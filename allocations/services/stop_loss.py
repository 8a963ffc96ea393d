"""Counting what goes wrong in a run, and pausing it before more does."""

from collections.abc import Sequence
from datetime import datetime

from allocations import gateway
from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.stop_loss import Lately, loss
from allocations.models import Chunk, Run
from allocations.models.runs import ChunkState
from allocations.services import runs


def watch(run: Run, verdicts: Sequence[Verdict], *, now: datetime) -> None:
    """After verdicts were put on rows and counted, in the same transaction."""
    failed = sum(verdict.outcome is Outcome.FAILED for verdict in verdicts)
    unknown = sum(verdict.outcome is Outcome.UNKNOWN for verdict in verdicts)
    _watch(run, failed=failed, unknown=unknown, now=now)


def watch_lost(run: Run, rows: int, *, now: datetime) -> None:
    """After a call with so many rows was lost, in the same transaction."""
    _watch(run, failed=0, unknown=rows, now=now)


def _watch(run: Run, *, failed: int, unknown: int, now: datetime) -> None:
    """Credits stop no run, so they cost nothing here. Where nothing is left to send, there is nothing to stop."""
    if not failed + unknown:
        return
    before = Run.objects.values("decided_before", "failed_before").get(pk=run.pk)
    decided, all_failed = runs.decided_rows(run)
    lately = Lately(
        decided=decided - before["decided_before"], failed=all_failed - before["failed_before"], unknown=unknown
    )
    found = loss(lately, rules=gateway.stop_loss_rules())
    if found and Chunk.objects.filter(run=run, state=ChunkState.OPEN, pending__gt=0).exists():
        runs.pause_by_itself(run, found.pause, now=now, detail=found.detail)
