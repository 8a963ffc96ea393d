from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from allocations import gateway
from allocations.gateway.witness import RETIRED, RedisWitness
from allocations.management.commands import begin_recovery
from allocations.models import Chunk, Installation, TrailEntry
from allocations.services import leases, recovering
from tests.factories.batches import approved_batch, review_batch

pytestmark = pytest.mark.django_db


def test_begin_recovery_marks_open_calls_and_says_how_long_it_takes() -> None:
    approved_batch(run_state="running", pending=2)
    approved_batch(credited=2)
    out = StringIO()
    call_command("begin_recovery", because="The backup of 02:00.", stdout=out)
    assert "The rows of 1 calls are looked up in 20 minutes" in out.getvalue()
    assert set(Chunk.objects.filter(must_look_up=True).values_list("run__state", flat=True)) == {"running"}
    assert Installation.objects.get().recovering_since is not None
    assert TrailEntry.objects.get(event="recovery began").data == {"why": "The backup of 02:00.", "chunks": 1}


def test_begin_recovery_retires_the_former_instance(monkeypatch, redis_url: str) -> None:
    """A restore to before this recovery is noticed, for its instance counts as behind from now on."""
    witness, former = RedisWitness(redis_url), leases.installation().instance_id
    monkeypatch.setattr(begin_recovery, "redis_witness", lambda: witness)
    call_command("begin_recovery", stdout=StringIO())
    assert (witness.highest(former), witness.highest(leases.installation().instance_id)) == (RETIRED, None)


def test_end_recovery_needs_a_sentence_and_a_recovery() -> None:
    with pytest.raises(CommandError, match="--because"):
        call_command("end_recovery")
    with pytest.raises(CommandError, match="There is no recovery to end"):
        call_command("end_recovery", because="Nothing.")
    call_command("begin_recovery", stdout=StringIO())
    call_command("end_recovery", because="Asha compared the statement of 11 Nov.", stdout=StringIO())
    assert Installation.objects.get().recovering_since is None
    assert TrailEntry.objects.get(event="recovery ended by hand").data["why"].startswith("Asha compared")


def test_empty_batch_takes_the_rows_of_a_restored_batch_out() -> None:
    batch = review_batch(ready=2)
    with pytest.raises(CommandError, match="There is no batch 0"):
        call_command("empty_batch", 0, because="Nothing.")
    with pytest.raises(CommandError, match="has no rows that came back with a backup"):
        call_command("empty_batch", batch.pk, because="Nothing.")
    recovering.begin(now=timezone.now() + timedelta(minutes=1), timing=gateway.timing(), why="Restored.")
    out = StringIO()
    call_command("empty_batch", batch.pk, because="Asha compared the statement of 11 Nov.", stdout=out)
    assert out.getvalue() == f"2 rows were taken out of batch {batch.pk}. An admin can upload its list now.\n"
    assert (batch.rows.count(), TrailEntry.objects.get(event="rows taken out").data["rows"]) == (0, 2)
