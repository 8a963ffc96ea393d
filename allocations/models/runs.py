from enum import StrEnum

from django.conf import settings
from django.db import models
from django.db.models import Q

from allocations.domain.canary import Canary
from allocations.domain.states import RunState
from allocations.models.batches import Batch
from allocations.models.fields import known, paired, state_field


class ChunkState(StrEnum):
    """OPEN has work to do now or later, PEOPLE waits for a decision, DONE is decided row by row."""

    OPEN = "open"
    PEOPLE = "people"
    DONE = "done"


class Run(models.Model):
    """One execution of a batch; generation 1 follows the approval, each later one re-runs failed rows."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="runs")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    generation = models.PositiveIntegerField(default=1)
    state = state_field(RunState.QUEUED)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    # Nothing begins before this instant; None: at once.
    start_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    # Nothing is sent before this instant: back-off after throttling or an unreachable EnKash.
    next_action_at = models.DateTimeField(null=True)
    pause_code = models.CharField(max_length=40, blank=True)
    pause_text = models.TextField(blank=True)
    paused_at = models.DateTimeField(null=True)
    # Only chunks that are begun are still worked on; then the run pauses.
    stop_requested_at = models.DateTimeField(null=True)
    # Nothing is sent any more, whatever the state.
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    # Whether chunk 1 goes first and alone until its credits are verified, and how often they were looked up.
    canary = models.CharField(max_length=10, blank=True)
    canary_checks = models.PositiveSmallIntegerField(default=0)
    # Rows that were decided and that had failed when the run was resumed last: the stop-loss counts from there.
    decided_before = models.PositiveIntegerField(default=0)
    failed_before = models.PositiveIntegerField(default=0)
    # Calls in a row that ended alike; the breakers of domain.calls read them.
    streak_kind = models.CharField(max_length=24, blank=True)
    streak = models.PositiveSmallIntegerField(default=0)
    opening_balance = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    closing_balance = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    # What it had reached when it ended: rows later moved to a re-run do not change it.
    summary = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("batch", "generation"), name="run_generation_once"),
            models.UniqueConstraint(
                fields=("batch",), condition=~Q(state=RunState.SETTLED), name="run_one_unsettled_per_batch"
            ),
            known("state", RunState, "run_state_known"),
            known("canary", Canary, "run_canary_known"),
            paired("run_cancelled_pair", "cancelled_by", "cancelled_at"),
        )

    def __str__(self) -> str:
        return f"run {self.generation} of batch {self.batch_id}"


class Chunk(models.Model):
    """The rows of one bulk call. The counters are recounted from its rows whenever one of them changes."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="chunks")
    number = models.PositiveIntegerField()
    state = state_field(ChunkState.OPEN)
    row_count = models.PositiveIntegerField()
    points = models.PositiveBigIntegerField()

    lease_owner = models.CharField(max_length=100, blank=True)
    lease_epoch = models.PositiveBigIntegerField(default=0)
    lease_expires_at = models.DateTimeField(null=True)
    next_action_at = models.DateTimeField(null=True)
    attempts_used = models.PositiveSmallIntegerField(default=0)
    # Latest instant at which a request of ours for this chunk could still have been on the wire.
    quiet_since = models.DateTimeField(null=True)
    lookups_failed = models.PositiveSmallIntegerField(default=0)
    # After a restore: no row of it may be sent before a look-up of all of them.
    must_look_up = models.BooleanField(default=False)

    pending = models.PositiveIntegerField(default=0)
    sending = models.PositiveIntegerField(default=0)
    credited = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    # CONFLICT and ANOMALY: evidence contradicts itself, people decide.
    disputed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    credited_points = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    failed_points = models.PositiveBigIntegerField(default=0)
    unknown_points = models.PositiveBigIntegerField(default=0)
    cancelled_points = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("number",)
        indexes = (
            models.Index(fields=("run", "state", "next_action_at", "number"), name="chunk_work"),
            models.Index(fields=("run",), condition=Q(must_look_up=True), name="chunk_to_look_up"),
            # Few of many: every page counts them.
            models.Index(
                fields=("run",), name="chunk_for_people", condition=Q(disputed__gt=0) | Q(state=ChunkState.PEOPLE)
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=("run", "number"), name="chunk_number_once"),
            known("state", ChunkState, "chunk_state_known"),
        )

    def __str__(self) -> str:
        return f"chunk {self.number} of run {self.run_id}"
