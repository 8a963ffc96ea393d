"""Running failed rows again: same rows, same references, same approved payload."""

from django.db import transaction

from allocations.domain import policy
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor
from allocations.domain.retention import check_not_erased
from allocations.domain.states import ROW, RowEvent, RowState, RunState, move
from allocations.gateway import database_now
from allocations.models import Row, Run
from allocations.selectors.approval_policies import in_force
from allocations.services import leases, outcomes, runs, trail
from allocations.services.locks import locked_batch
from allocations.services.row_limits import check_rerun_people


def rerun_failed_rows(actor: Actor, *, batch_id: int) -> Run:
    """A child run of every failed row of the batch; nothing else can be in it. Clicked twice: the second is told so."""
    policy.check_rerun(actor)
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id)
        check_not_erased(is_erased=batch.erased_at is not None)
        parent = batch.runs.order_by("-generation").first()
        if parent is None:
            raise StateConflict("The batch has not run yet: there is nothing to run again.")
        if parent.state != RunState.SETTLED:
            raise StateConflict(
                f"Run {parent.generation} is “{parent.state}”. Rows can be run again when it has ended."
            )
        # A replaced row goes on as its replacement.
        failed = Row.objects.filter(batch=batch, state=RowState.FAILED, replaced_by=None)
        chunk_ids = set(failed.values_list("chunk_id", flat=True))
        leases.lock_chunks(chunk_ids)
        # The former reason stays with its attempt; the row is open again.
        count = failed.update(
            state=move(ROW, RowState.FAILED, RowEvent.RE_RUN), outcome_at=None, reason="", reason_code="", evidence=""
        )
        if not count:
            raise InvalidInput("No row of this batch failed: there is nothing to run again.")
        check_rerun_people(batch, terms=in_force().terms)
        outcomes.recount(chunk_ids)
        run = runs.create_run(batch, actor=actor, now=now, parent=parent)
        trail.write_entry(
            "failed rows re-run",
            at=now,
            object_type="run",
            object_id=run.pk,
            batch_id=batch.pk,
            actor=actor,
            rows=count,
            parent=parent.pk,
        )
    return run
