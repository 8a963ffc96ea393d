"""The protocol's invariants V1 to V23 as far as one database and one simulator can show them."""

import json
from collections import Counter
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from allocations.domain.calls import CallResult
from allocations.domain.states import RowState
from allocations.models import Attempt, AttemptRow, Batch, Chunk, Row, Run, TrailEntry
from allocations.models.runs import ChunkState
from allocations.services import answering, planning
from tests.services.conftest import Portal


def check_invariants(portal: Portal, *, at_rest: bool = True) -> None:
    """Asserts what must hold always and, `at_rest`, what must hold when no fault is left to come."""
    check_simulator(portal)
    check_rows(portal)
    check_attempts(portal)
    check_batches()
    check_counters()
    check_answers_read_again()
    check_nothing_is_stuck(portal.clock())
    if at_rest:
        check_sums(portal)


def entries(portal: Portal) -> dict[str, list]:
    """V2: the ledger by reference, each with one credit at most."""
    found: dict[str, list] = {}
    for entry in portal.sim.ledger.entries:
        if entry.kind == "CR" and entry.status != "FAILED":
            found.setdefault(entry.reference, []).append(entry)
    assert [reference for reference, credits_ in found.items() if len(credits_) > 1] == []
    return found


def check_simulator(portal: Portal) -> None:
    """V8, V9, V10 and V18, as the provider sees them."""
    assert portal.sim.control.state()["violations"] == []


def check_rows(portal: Portal) -> None:
    """V1 and V6 row by row: a credited row is in the ledger, under its own id and amount; V23: never the reverse."""
    ledger = entries(portal)
    for row in Row.objects.filter(state=RowState.CREDITED):
        (entry,) = ledger[row.reference]
        assert (row.credited_amount, row.mobile) == (entry.amount, entry.mobile)
        assert row.transaction_id in {None, entry.transaction_id}
    untouched = Row.objects.filter(state__in=(RowState.PENDING, RowState.LEFT_OUT, RowState.CANCELLED), tries=0)
    assert [row.reference for row in untouched if row.reference in ledger] == []
    known = set(Row.objects.values_list("reference", flat=True))
    assert set(ledger) <= known


def check_attempts(portal: Portal) -> None:
    """V7: every request has an intent, with the same rows; V14: nothing failed beside an attempt left open."""
    intended = Counter(tuple(sorted(_references(attempt))) for attempt in Attempt.objects.all())
    notes = [note for note in portal.sim.control.watch.notes if note.endpoint == "bulk" and note.references]
    seen = Counter(tuple(sorted(note.references)) for note in notes)
    assert seen - intended == Counter()
    unresolved = AttemptRow.objects.filter(attempt__state__in=("intent", "answered", "unknown"))
    assert not unresolved.filter(row__state=RowState.FAILED).exists()
    held = Row.objects.filter(state=RowState.SENDING).exclude(attempts__attempt__state__in=("intent", "answered"))
    assert not held.exists()


def _references(attempt: Attempt) -> list[str]:
    return list(attempt.rows.values_list("row__reference", flat=True))


def check_batches() -> None:
    """V4 and V13: what was approved is what is there, and nobody approved their own work."""
    for batch in Batch.objects.filter(state="approved"):
        manifest = json.loads(batch.manifest)
        totals = batch.rows.exclude(state=RowState.LEFT_OUT).aggregate(rows=Count("pk"), points=Sum("amount"))
        assert totals == {"rows": manifest["rows"], "points": manifest["points"]}
        assert planning.is_as_approved(batch)
        makers = {batch.uploaded_by_id, batch.submitted_by_id, *batch.editors.values_list("user_id", flat=True)}
        assert batch.approved_by_id not in makers


def check_counters() -> None:
    """V20: a chunk's counters are those of its rows."""
    for chunk in Chunk.objects.all():
        states = Counter(chunk.rows.values_list("state", flat=True))
        disputed = states["conflict"] + states["anomaly"]
        expected = [states[name] for name in ("pending", "sending", "credited", "failed", "unknown")] + [disputed]
        assert [chunk.pending, chunk.sending, chunk.credited, chunk.failed, chunk.unknown, chunk.disputed] == expected
        credited = chunk.rows.filter(state="credited").aggregate(points=Sum("credited_amount"))["points"]
        assert chunk.credited_points == (credited or 0)


def check_answers_read_again() -> None:
    """V22: reading every stored answer once more gives the verdicts on record."""
    for attempt in Attempt.objects.exclude(body=None).exclude(state="answered").select_related("chunk__run__batch"):
        answer = answering.read_answer(attempt)
        classified = answering._classified(attempt, answer, CallResult(answer.kind.value))
        stored = dict(attempt.rows.values_list("row_id", "outcome"))
        assert {verdict.row_id: verdict.outcome.value for verdict in classified.verdicts} == stored


def check_nothing_is_stuck(now: datetime) -> None:
    """V5: who is not decided waits for an instant, for people, or for a resume."""
    for run in Run.objects.filter(state="running"):
        waiting = run.chunks.filter(state=ChunkState.OPEN)
        assert waiting.exists()
        idle = waiting.filter(Q(next_action_at=None) | Q(next_action_at__lte=now))
        held = idle.filter(lease_expires_at__gt=now)
        assert run.next_action_at or not idle.exists() or held.exists()
    settled = Row.objects.filter(chunk__run__state="settled", chunk__run=F("batch__runs"))
    assert not settled.filter(state__in=("pending", "sending", "unknown", "conflict", "anomaly")).exists()
    assert not Chunk.objects.filter(state=ChunkState.DONE, unknown__gt=0).exists()


def check_sums(portal: Portal) -> None:
    """V16: what left the account is what is credited, up to what is not decided."""
    account = next(iter(portal.sim.ledger.accounts.values()))
    gone = account.opening - account.balance
    credited = Row.objects.filter(state="credited").aggregate(points=Sum("credited_amount"))["points"] or Decimal(0)
    open_ = Row.objects.filter(state__in=("unknown", "conflict", "anomaly", "sending"))
    unsure = open_.aggregate(points=Sum("amount"))["points"] or 0
    if not open_.filter(state="anomaly").exists():
        assert 0 <= gone - credited <= unsure


def check_trail() -> None:
    """V19: each state that a batch, run or attempt reached has its entry."""
    events = Counter(TrailEntry.objects.values_list("event", flat=True))
    assert events["attempt intended"] == Attempt.objects.count()
    assert events["run created"] == Run.objects.count()
