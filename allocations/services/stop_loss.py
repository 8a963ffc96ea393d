"""Counting what goes wrong in a run, and pausing it before more does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F, QuerySet, Sum

from allocations import gateway
from allocations.domain.answers import Verdict
from allocations.domain.outcomes import Outcome
from allocations.domain.stop_loss import Lately, StopLossRules, loss
from allocations.models import Chunk, Run
from allocations.models.runs import ChunkState
from allocations.services import runs


def credits_change_nothing(run: Run) -> bool:
    """Whether the run stays as it is when rows of it are credited: it is calm, and not waiting for the first so many
    decided rows because others failed already."""
    rules, lately = _rules(run), _counted(Run.objects.filter(pk=run.pk, **runs.CALM))
    return lately is not None and not (rules.percent and lately.failed > 0 and lately.decided < rules.minimum_rows)


def watch(run: Run, verdicts: Sequence[Verdict], *, now: datetime) -> None:
    """After verdicts were put on rows and counted, in the same transaction and under the run's lock."""
    _watch(run, unknown=sum(verdict.outcome is Outcome.UNKNOWN for verdict in verdicts), now=now)


def watch_lost(run: Run, rows: int, *, now: datetime) -> None:
    """After a call with so many rows was lost, in the same transaction and under the run's lock."""
    _watch(run, unknown=rows, now=now)


def _watch(run: Run, *, unknown: int, now: datetime) -> None:
    """Where nothing is left to send, there is nothing to stop."""
    lately = _counted(Run.objects.filter(pk=run.pk))
    found = lately and loss(replace(lately, unknown=unknown), rules=_rules(run))
    if found and Chunk.objects.filter(run=run, state=ChunkState.OPEN, pending__gt=0).exists():
        runs.pause_by_itself(run, found.pause, now=now, detail=found.detail)


def _rules(run: Run) -> StopLossRules:
    """All rows of a re-run failed before: that many fail again says nothing new, and would pause it chunk by chunk."""
    rules = gateway.stop_loss_rules()
    return rules if run.parent_id is None else replace(rules, percent=0)


def _counted(runs_: QuerySet[Run]) -> Lately | None:
    """Of the one run that is asked for, since it began or was resumed last; None if it is not as asked for."""
    counted = runs_.annotate(
        decided=Sum(F("chunks__credited") + F("chunks__failed"), default=0) - F("decided_before"),
        failed=Sum("chunks__failed", default=0) - F("failed_before"),
    )
    found = counted.values_list("decided", "failed").first()
    return Lately(*found, 0) if found else None
