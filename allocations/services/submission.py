"""Submitting freezes the content of a batch: manifest, digest, and from then on triggers guard every payload."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from allocations.domain import policy
from allocations.domain.accepting import Accepted
from allocations.domain.approval_policies import FIRST, Version, needed
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.manifest import Manifest, MerkleRoot, digest, leaf, payload_hash
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor
from allocations.domain.readings import check_confirmed
from allocations.domain.repeats import Repeat, RepeatRefused
from allocations.domain.schedule import check_start, start_text
from allocations.domain.spreads import SpreadCount
from allocations.domain.states import BATCH, BatchEvent, BatchState, move
from allocations.gateway import database_now
from allocations.models import Batch, BatchEditor, Row, Upload
from allocations.selectors.approval_policies import in_force
from allocations.selectors.approvals import facts_of, newest_approved_before
from allocations.services import predecessors, repeats, row_limits, trail
from allocations.services.accepting import settle_warnings
from allocations.services.approval_policies import check_submitted_limits
from allocations.services.batches import count_rows
from allocations.services.locks import locked_batch
from allocations.services.planning import frozen_policy, payload_of, rows_to_send


def _nothing_else(_batch: Batch) -> None:
    pass


def submit_batch(
    actor: Actor,
    *,
    batch_id: int,
    start_at: datetime | None = None,
    answer: repeats.Answer = repeats.NO_ANSWER,
    unchanged_since: datetime | None = None,
    also: Callable[[Batch], None] = _nothing_else,
) -> Batch:
    """Freezes the rows that are not left out and asks for approval. The run begins at `start_at`, None: at once.

    `unchanged_since`: see locked_batch. `also`: done with the submitted batch in the same transaction.
    Raises RepeatRefused, and keeps what was found for the review, when other batches stand against the list; the same
    with BeyondRowLimits for rows beyond the approval policy of now.
    """
    now = database_now()
    try:
        with transaction.atomic(durable=True):
            batch = locked_batch(batch_id, unchanged_since=unchanged_since)
            submitted = _submit(actor, batch, start_at, answer, now=now)
            also(submitted)
            return submitted
    except RepeatRefused as refused:
        repeats.keep_repeats(batch_id, refused.found, now=now)
        raise
    except row_limits.BeyondRowLimits:
        row_limits.mark_again(batch_id)
        raise


def _submit(actor: Actor, batch: Batch, start_at: datetime | None, answer: repeats.Answer, *, now: datetime) -> Batch:
    policy.check_submit(actor, facts_of(batch))
    check_start(start_at, now=now)
    count_rows(batch)
    agreed = in_force()
    row_limits.settle_row_limits(batch, agreed.terms, now=now)
    _check_content(batch)
    check_submitted_limits(batch, agreed.terms)
    _ask_for_approvers(batch, agreed)
    batch.start_at = start_at and start_at.replace(microsecond=0)
    manifest, tally = _manifest(batch, actor, accepted=settle_warnings(batch))
    found = repeats.settle_repeats(batch, answer, root=tally.content.hexdigest(), now=now)
    canonical = manifest.canonical()
    batch.version = manifest.version
    batch.manifest = canonical
    batch.digest = digest(canonical)
    batch.spread = {"digest": batch.digest, **tally.spread.spread().stored()}
    batch.state = move(BATCH, BatchState(batch.state), BatchEvent.SUBMIT)
    batch.submitted_by_id, batch.submitted_at = actor.id, now
    batch.sent_back_reason = ""
    batch.save()
    # Workbooks that nobody applied; what they would have changed is personal and of no more use.
    batch.corrections.all().delete()
    trail.write_entry(
        "batch submitted",
        at=now,
        object_type="batch",
        object_id=batch.pk,
        batch_id=batch.pk,
        actor=actor,
        version=batch.version,
        digest=batch.digest,
        merkle_root=manifest.merkle_root,
        rows=manifest.rows,
        points=manifest.points,
        left_out=manifest.left_out,
        start_at=manifest.start_at,
        policy=batch.policy,
        approvers=batch.approvers,
        **({"group": batch.approvers_group} if batch.approvers_group else {}),
        **_repeated(batch, found),
        **({"accepted": [asdict(one) for one in manifest.accepted]} if manifest.accepted else {}),
    )
    return batch


def _ask_for_approvers(batch: Batch, agreed: Version) -> None:
    """Frozen with the rest: from then on the batch needs as many as the policy of now asks for."""
    asked = needed(agreed.terms, points=batch.points_total, rows=batch.row_count - batch.left_out_count)
    batch.policy, batch.approvers, batch.approvers_why = agreed.number, asked.approvers, asked.why
    batch.approvers_group = asked.group


def _repeated(batch: Batch, found: Sequence[Repeat]) -> dict[str, object]:
    """For the trail: which batches give the same points, and what the maker said to it."""
    if not found:
        return {}
    others = [{"batch": one.batch_id, "equal_rows": one.equal, "rows": one.rows} for one in found]
    return {"repeats": others, "repeat_reason": batch.repeat_reason}


def withdraw_batch(
    actor: Actor,
    *,
    batch_id: int,
    unchanged_since: datetime | None = None,
    also: Callable[[Batch], None] = _nothing_else,
) -> Batch:
    """The maker takes a submitted batch back to review; nothing was sent. Arguments as of submit_batch."""
    now = database_now()
    with transaction.atomic(durable=True):
        batch = locked_batch(batch_id, unchanged_since=unchanged_since)
        policy.check_withdraw(actor, facts_of(batch))
        thaw(batch, BatchEvent.WITHDRAW)
        trail.write_entry(
            "batch withdrawn", at=now, object_type="batch", object_id=batch.pk, batch_id=batch.pk, actor=actor
        )
        also(batch)
    return batch


def thaw(batch: Batch, event: BatchEvent, *, reason: str = "") -> None:
    """Back to review. The digest is void; a new submission makes a new version. Who submitted stays a maker."""
    if batch.submitted_by_id and batch.submitted_by_id != batch.uploaded_by_id:
        BatchEditor.objects.get_or_create(batch=batch, user_id=batch.submitted_by_id)
    batch.state = move(BATCH, BatchState(batch.state), event)
    batch.submitted_by_id = batch.submitted_at = None
    batch.manifest = batch.digest = batch.content_root = batch.repeat_reason = ""
    batch.start_at = None
    batch.policy, batch.approvers, batch.approvers_why = FIRST, 1, ""
    batch.approvers_group = ""
    batch.sent_back_reason = reason
    batch.save()


def _check_content(batch: Batch) -> None:
    predecessors.check_predecessors(batch.pk)
    for upload in Upload.objects.filter(batch=batch)[:1]:
        check_confirmed(upload.questions)
    if batch.error_rows:
        rows = "1 row has" if batch.error_rows == 1 else f"{grouped(batch.error_rows)} rows have"
        raise InvalidInput(f"{rows} errors. Fix them in your list and upload it again, or leave them out.")
    if batch.row_count == batch.left_out_count:
        raise InvalidInput("No row would be sent: every row is left out or the list is empty.")


def _manifest(batch: Batch, actor: Actor, *, accepted: tuple[Accepted, ...]) -> tuple[Manifest, "_Tally"]:
    """With what was counted on the way."""
    upload = Upload.objects.filter(batch=batch).first()
    if upload is None:
        raise InvalidInput("The batch has no list. Upload one first.")
    tree, tally = MerkleRoot(), _Tally()
    for row in _checked(rows_to_send(batch)):
        tree.add(leaf(row.number, row.payload_hash))
        tally.add(row)
    manifest = Manifest(
        batch=batch.pk,
        version=batch.version + 1,
        company_id=batch.account.company_id,
        card_account_id=batch.account.card_account_id,
        is_points_allocation=batch.is_points_allocation,
        purpose=batch.purpose,
        rows=tally.rows,
        points=tally.points,
        left_out=batch.left_out_count,
        mobile_total=tally.mobiles % 10**10,
        merkle_root=tree.hexdigest(),
        file_sha256=upload.sha256,
        file_name=upload.file_name,
        parser_version=upload.parser_version,
        uploaded_by=batch.uploaded_by_id,
        submitted_by=actor.id,
        editors=tuple(sorted(batch.editors.values_list("user_id", flat=True))),
        start_at=start_text(batch.start_at),
        accepted=accepted,
        policy=frozen_policy(batch),
        compared=before.pk if (before := newest_approved_before(batch)) else None,
    )
    return manifest, tally


class _Tally:
    """Control totals of the rows: count, points, the sum of the mobiles' last six digits, and who gets how much;
    and what approvers read of all of them."""

    def __init__(self) -> None:
        self.content = repeats.content_root()
        self.spread = SpreadCount()
        self.rows = self.points = self.mobiles = 0

    def add(self, row: Row) -> None:
        self.rows += 1
        self.points += row.amount or 0
        self.mobiles += int(row.mobile[-6:])
        self.spread.add(row.number, row.amount or 0)
        self.content.add(row.mobile, row.amount or 0)


def _checked(rows: Generator[Row, None, None]) -> Iterator[Row]:
    """Rows whose stored hash is the hash of what would be sent."""
    # A server's cursor must be closed before the transaction that an error ends.
    with closing(rows):
        for row in rows:
            if payload_hash(payload_of(row)) != row.payload_hash:
                raise StateConflict(f"Row {row.number} does not match its fingerprint. Upload the list again.")
            yield row
