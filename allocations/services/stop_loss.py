"""Counting what goes wrong in a run, and pausing it before more does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F, Sum

from allocations import gateway
from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.stop_loss import Lately, StopLossRules, loss
from allocations.models import Chunk, Run
from allocations.models.runs import ChunkState
from allocations.services import runs


def credits_can_stop(run: Run) -> bool:
    """Whether a run can be stopped by rows that are credited: by the first so many, of which some others failed."""
    rules = _rules(run)
    lately = _lately(run) if rules.percent else None
    return lately is not None and lately.failed > 0 and lately.decided < rules.minimum_rows


def watch(run: Run, verdicts: Sequence[Verdict], *, now: datetime) -> None:
    """After verdicts were put on rows and counted, in the same transaction and under the run's lock."""
    _watch(run, unknown=sum(verdict.outcome is Outcome.UNKNOWN for verdict in verdicts), now=now)


def watch_lost(run: Run, rows: int, *, now: datetime) -> None:
    """After a call with so many rows was lost, in the same transaction and under the run's lock."""
    _watch(run, unknown=rows, now=now)


def _watch(run: Run, *, unknown: int, now: datetime) -> None:
    """Where nothing is left to send, there is nothing to stop."""
    found = loss(_lately(run, unknown=unknown), rules=_rules(run))
    if found and Chunk.objects.filter(run=run, state=ChunkState.OPEN, pending__gt=0).exists():
        runs.pause_by_itself(run, found.pause, now=now, detail=found.detail)


def _rules(run: Run) -> StopLossRules:
    """All rows of a re-run failed before: that many fail again says nothing new, and would pause it chunk by chunk."""
    rules = gateway.stop_loss_rules()
    return rules if run.parent_id is None else replace(rules, percent=0)


def _lately(run: Run, *, unknown: int = 0) -> Lately:
    counted = Run.objects.filter(pk=run.pk).annotate(
        decided=Sum(F("chunks__credited") + F("chunks__failed"), default=0), failed=Sum("chunks__failed", default=0)
    )
    decided, failed, *before = counted.values_list("decided", "failed", "decided_before", "failed_before").get()
    return Lately(decided - before[0], failed - before[1], unknown)
