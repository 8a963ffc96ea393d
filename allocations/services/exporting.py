"""Who may take a batch out of the portal, how much of it, and the trail that it leaves."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from allocations.domain import policy
from allocations.domain.errors import NotAllowed, StateConflict
from allocations.domain.known import check_known
from allocations.domain.policy import Actor
from allocations.domain.states import FROZEN_BATCHES, BatchState
from allocations.gateway import database_now
from allocations.models import Batch, ExportJob
from allocations.models.export_jobs import ExportState
from allocations.selectors.approvals import facts_of
from allocations.services import trail


def check_export(actor: Actor, batch: Batch) -> None:
    """Raises NotAllowed without the role, StateConflict while the list is not read."""
    policy.check_export(actor)
    if batch.state in {BatchState.DRAFT, BatchState.CHECKING}:
        raise StateConflict(
            f"Batch {batch.pk} is “{batch.state}”: its list has not been read to the end. Export it after that."
        )


def check_sheet(actor: Actor, batch: Batch) -> None:
    """The approval sheet as a file. Raises NotAllowed, or StateConflict while nothing is frozen to be signed."""
    policy.check_export(actor)
    if batch.state not in FROZEN_BATCHES:
        raise StateConflict(f"Batch {batch.pk} is “{batch.state}”: it has an approval sheet once it is submitted.")


def check_people(actor: Actor, batch: Batch) -> None:
    """Its people for another list: for admins who see them in full, while they are there."""
    policy.check_people(actor, facts_of(batch))
    check_export(actor, batch)


def check_bundle(actor: Actor, batch: Batch, *, personal_data: bool, reason: str) -> None:
    """As for an export; recipients' details only for who works on the batch, or an auditor who says why."""
    check_export(actor, batch)
    if personal_data:
        policy.check_reveal(actor, facts_of(batch), reason=reason)
        check_known(actor, now=database_now())


def check_download(actor: Actor, export: ExportJob) -> None:
    """The file of a large export, by who asked for it: only while they may have it as it was made."""
    policy.check_export(actor)
    if export.state != ExportState.READY:
        raise StateConflict("The file is not there: it is not written yet, it failed, or it is deleted.")
    if export.batch is not None:
        check_export(actor, export.batch)
    if export.in_full and not (export.batch and policy.can_see_personal_data(actor, facts_of(export.batch))):
        raise NotAllowed(
            "The file holds recipients' details in full, and you no longer see them in full. Export the batch anew: "
            "then they are masked."
        )


def record_bundles(
    actor: Actor, batch_ids: Sequence[int], *, sha256: str, personal_data: bool, reason: str = ""
) -> None:
    """An entry in the trail of each batch of one bundle."""
    with transaction.atomic():
        for batch_id in batch_ids:
            trail.write_entry(
                "bundle exported",
                at=database_now(),
                object_type="batch",
                object_id=batch_id,
                batch_id=batch_id,
                actor=actor,
                sha256=sha256,
                batches=list(batch_ids),
                personal_data="in full" if personal_data else "left out",
                reason=reason.strip(),
            )


def record_export(
    actor: Actor,
    *,
    batch_id: int,
    kind: str,
    rows: int,
    points: int,
    sha256: str,
    **scope: str,
) -> None:
    """Writes the trail entry. `points` as in the list; `sha256` of the file; `scope`: which rows, how shown."""
    with transaction.atomic():
        trail.write_entry(
            "batch exported",
            at=database_now(),
            object_type="batch",
            object_id=batch_id,
            batch_id=batch_id,
            actor=actor,
            kind=kind,
            rows=rows,
            points=points,
            sha256=sha256,
            **scope,
        )


def record_search_export(
    actor: Actor, *, rows: int, points: int, sha256: str, batches: Sequence[int], **scope: Any
) -> None:
    """`scope`: the filter, and of the words only what they are (a mobile, a name): whose they are is told nowhere."""
    with transaction.atomic():
        trail.write_entry(
            "search exported",
            at=database_now(),
            object_type="user",
            object_id=actor.id,
            actor=actor,
            rows=rows,
            points=points,
            sha256=sha256,
            batches=list(batches),
            **scope,
        )


def record_report(actor: Actor, *, sha256: str, rows: int, **scope: Any) -> None:
    """`scope`: which table of which year and account. It names no recipient."""
    with transaction.atomic():
        trail.write_entry(
            "report exported",
            at=database_now(),
            object_type="user",
            object_id=actor.id,
            actor=actor,
            rows=rows,
            sha256=sha256,
            **scope,
        )
