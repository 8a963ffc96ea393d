"""What an outsider needs to check batches without the portal: a zip of plain files and the program that reads them."""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from allocations.domain.chain import GENESIS, instant
from allocations.domain.errors import StateConflict
from allocations.domain.policy import Actor
from allocations.domain.retention import ERASED
from allocations.domain.states import RowState
from allocations.exports.hashes import sha256_of
from allocations.exports.snapshots import snapshot
from allocations.gateway import database_now
from allocations.models import Attempt, AttemptRow, Batch, Question, QuestionReply, Row, TrailEntry, TrailSeal, Vote
from allocations.selectors.questions import questions_of
from allocations.selectors.reversals import points_taken_back
from allocations.services import exporting, sealing
from allocations.services.planning import PAYLOAD_FIELDS, payload_of
from allocations.services.publishing import line
from allocations.verifier import verify_bundle

FORMAT = 1
_BLOCK = 2_000
# An entry that is committed while the trail is linked is linked by the next try.
_TRIES = 50
_README = """This bundle of the rewards portal shows, without the portal, what was approved, sent and credited.

    python3 verify_bundle.py {name}
    python3 verify_bundle.py {name} --key PUBLIC_KEY --seals SEALS.jsonl

Get the public key and the seals by other means than this file: from the page "Audit", and from the mails or the log
that the portal sends seals to. Take the program from a place that you trust, or read it: it is one file.

bundle.json              what this is
trail.jsonl              every entry of the trail from the seal before these batches on; of other batches only hashes
seals.jsonl              signed statements of how long the trail was
batch-N/manifest.json    what was approved, byte for byte: its SHA-256 is the digest that approvers sign
batch-N/votes.jsonl      who decided
batch-N/questions.jsonl  what approvers asked and makers answered: the words, with the salt of their hashes, only
                         where the bundle has the recipients' details
batch-N/rows.jsonl       every row and what became of it
batch-N/attempts.jsonl   every call to EnKash: its rows in order, and what the answer said of each
"""


@dataclass(frozen=True, slots=True)
class MadeBundle:
    """A finished zip, at its start. Closing it deletes it."""

    file: BinaryIO
    name: str
    sha256: str


def bundle_of(actor: Actor, batches: Sequence[Batch], *, personal_data: bool, reason: str = "") -> MadeBundle:
    """Raises NotAllowed, InvalidInput without a reason where one is needed, StateConflict while too much happens.

    `personal_data`: with the contents of the rows, so that the calls can be checked byte for byte.
    """
    for batch in batches:
        exporting.check_bundle(actor, batch, personal_data=personal_data, reason=reason)
    at = database_now()
    name = f"bundle-{'-'.join(str(batch.pk) for batch in batches[:3])}-{at:%Y-%m-%d}.zip"
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    try:
        _write_when_linked(file, batches, name=name, at=instant(at), personal_data=personal_data)
        made = MadeBundle(file, name, sha256_of(file))
        exporting.record_bundles(
            actor, [batch.pk for batch in batches], sha256=made.sha256, personal_data=personal_data, reason=reason
        )
    except BaseException:
        file.close()
        raise
    return made


def _write_when_linked(file: BinaryIO, batches: Sequence[Batch], *, name: str, at: str, personal_data: bool) -> None:
    """At an instant at which every entry has its place in the chain, so that rows and trail tell the same."""
    for _ in range(_TRIES):
        sealing.link_entries()
        with snapshot():
            if not TrailEntry.objects.filter(number__isnull=True).exists():
                _write(file, batches, name=name, at=at, personal_data=personal_data)
                return
    raise StateConflict("Too much is written to the trail at this moment. Try again in a minute.")


def _write(file: BinaryIO, batches: Sequence[Batch], *, name: str, at: str, personal_data: bool) -> None:
    ids = [batch.pk for batch in batches]
    after = _seal_before(ids)
    with ZipFile(file, "w", ZIP_DEFLATED) as bundle:
        about = {"format": FORMAT, "made_at": at, "batches": ids, "personal_data": personal_data, "after": after}
        bundle.writestr("README.txt", _README.format(name=name))
        bundle.writestr("bundle.json", json.dumps(about, indent=1))
        bundle.write(Path(verify_bundle.__file__), "verify_bundle.py")
        _write_lines(bundle, "trail.jsonl", _entries(after["number"], set(ids)))
        seals = TrailSeal.objects.filter(size__gte=after["number"]).order_by("size")
        bundle.writestr("seals.jsonl", "".join(f"{line(seal)}\n" for seal in seals))
        for batch in batches:
            _write_batch(bundle, batch, personal_data=personal_data)


def _seal_before(batch_ids: Sequence[int]) -> dict[str, Any]:
    """The last sealed entry before the batches' own: from there on the chain can be followed and trusted."""
    own = TrailEntry.objects.filter(batch__in=batch_ids).order_by("number").values_list("number", flat=True)
    seal = TrailSeal.objects.filter(size__lt=own.first() or 1).last()
    if seal is None:
        return {"number": 0, "link": GENESIS}
    return {"number": seal.size, "link": json.loads(seal.text)["head"]}


def _entries(after: int, batch_ids: set[int]) -> Iterator[Mapping[str, Any]]:
    found = TrailEntry.objects.filter(number__gt=after).order_by("number")
    for number, link, batch, body in found.values_list("number", "link", "batch_id", "body").iterator(_BLOCK):
        record = {"number": number, "batch": batch, "link": link}
        if batch is None or batch in batch_ids:
            yield record | {"body": body}
        else:
            yield record | {"body_sha256": hashlib.sha256(body.encode()).hexdigest()}


def _write_batch(bundle: ZipFile, batch: Batch, *, personal_data: bool) -> None:
    folder = f"batch-{batch.pk}"
    bundle.writestr(f"{folder}/manifest.json", batch.manifest)
    votes = Vote.objects.filter(batch=batch).order_by("pk")
    _write_lines(
        bundle,
        f"{folder}/votes.jsonl",
        (
            {"version": v.version, "digest": v.digest, "decision": v.decision, "voted_by": v.voted_by_id}
            | {"voted_at": instant(v.voted_at), "reason": v.reason, "sample_rows": v.sample_rows}
            for v in votes
        ),
    )
    _write_lines(bundle, f"{folder}/questions.jsonl", _said(batch, personal_data=personal_data))
    _write_lines(bundle, f"{folder}/rows.jsonl", _rows(batch, personal_data=personal_data))
    _write_lines(bundle, f"{folder}/attempts.jsonl", _attempts(batch))


def _said(batch: Batch, *, personal_data: bool) -> Iterator[Mapping[str, Any]]:
    """Question by question, each with what was said to it."""
    for asked in questions_of(batch):
        about = {"question": asked.pk, "version": asked.version, "digest": asked.digest}
        own = {"kind": "asked", "reply": None, "by": asked.asked_by_id, "at": instant(asked.asked_at)}
        yield about | own | _words(asked, personal_data=personal_data)
        for reply in asked.replies.all():
            own = {"kind": reply.kind, "reply": reply.pk, "by": reply.replied_by_id, "at": instant(reply.replied_at)}
            yield about | own | _words(reply, personal_data=personal_data)


def _words(said: Question | QuestionReply, *, personal_data: bool) -> dict[str, object]:
    """Without the salt a hash tells nothing; of erased words there is nothing to tell."""
    told = {"text": said.text, "salt": said.salt} if personal_data and said.text else {}
    return {"sha256": said.sha256, **told}


def _rows(batch: Batch, *, personal_data: bool) -> Iterator[Mapping[str, Any]]:
    rows = Row.objects.filter(batch=batch).annotate(taken_back=points_taken_back()).order_by("number")
    wanted = ("state", "payload_hash", "evidence", "transaction_id", "credited_amount", *PAYLOAD_FIELDS, "number")
    for row in rows.only(*wanted).iterator(_BLOCK):
        shown = {
            "number": row.number,
            "state": row.state,
            "reference": row.reference,
            "amount": row.amount,
            "evidence": row.evidence,
            "transaction_id": row.transaction_id,
            "credited": None if row.credited_amount is None else str(row.credited_amount),
            "reversed": str(row.taken_back or 0),
        }
        # Without the details no hash of them either: beside a masked row it would give the hidden digits away.
        # A row with errors has no hash and is no request; of an erased one there is nothing to tell.
        told = personal_data and row.payload_hash not in {"", ERASED} and row.state != RowState.LEFT_OUT
        yield shown | ({"payload": payload_of(row).decode(), "payload_sha256": row.payload_hash} if told else {})


def _attempts(batch: Batch) -> Iterator[Mapping[str, Any]]:
    attempts = Attempt.objects.filter(chunk__run__batch=batch).select_related("chunk").defer("body").order_by("pk")
    for attempt in attempts.iterator(_BLOCK):
        lines = AttemptRow.objects.filter(attempt=attempt).order_by("position")
        yield {
            "id": attempt.pk,
            "run": attempt.chunk.run_id,
            "chunk": attempt.chunk.number,
            "number": attempt.number,
            "state": attempt.state,
            "result": attempt.result,
            "sent_at": instant(attempt.sent_at),
            "payload_sha256": attempt.payload_sha256,
            "lines": [list(said) for said in lines.values_list("row__number", "outcome", "evidence", "transaction_id")],
        }


def _write_lines(bundle: ZipFile, name: str, records: Iterable[Mapping[str, Any]]) -> None:
    with bundle.open(name, "w", force_zip64=True) as member:
        for record in records:
            member.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
