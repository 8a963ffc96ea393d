"""A block of rows with their problems into the database, in one short transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from allocations.domain.cells import CleanRow
from allocations.domain.forensics import Forensics
from allocations.domain.manifest import payload_bytes, payload_hash
from allocations.domain.problems import Problem as Finding
from allocations.domain.problems import Severity
from allocations.domain.references import mint_many
from allocations.models import Problem, Row
from allocations.services.bulk import TableWriter, Value, reserve_ids
from allocations.services.importing import Claim, note_progress

ROW_FIELDS = (
    "id",
    "batch",
    "number",
    "title",
    "name",
    "email",
    "mobile",
    "amount",
    "remarks",
    "client_reference",
    "reference",
    "payload_hash",
    "raw",
    "error_count",
    "warning_count",
)
PROBLEM_FIELDS = ("batch", "row", "number", "field", "code", "severity", "found", "message")


@dataclass(slots=True)
class Block:
    """Rows in file order. The rest is sparse: position in the block -> what belongs to that row."""

    numbers: list[int] = field(default_factory=list)
    rows: list[CleanRow] = field(default_factory=list)
    raws: dict[int, dict[str, str]] = field(default_factory=dict)
    cells: dict[int, Forensics] = field(default_factory=dict)
    findings: dict[int, Sequence[Finding]] = field(default_factory=dict)


def store_block(claim: Claim, block: Block, *, rows_read: int, now: datetime, **changes: Any) -> None:
    """Store a block, the progress and what else is new about the upload, in one transaction.

    Raises Superseded, and stores nothing, when the claim is lost.
    """
    with transaction.atomic():
        note_progress(claim, now=now, rows_read=rows_read, **changes)
        ids = reserve_ids(Row, len(block.rows))
        records = row_records(claim, block, ids)
        if block.cells:
            _write_with_cells(records, block)
        else:
            TableWriter(Row, ROW_FIELDS).write(records)
        found = [(ids[at], block.numbers[at], finding) for at, some in block.findings.items() for finding in some]
        write_problems(claim.batch_id, found)


def _write_with_cells(records: Sequence[tuple[Value, ...]], block: Block) -> None:
    """A column of its own only where there is something in it: most blocks are plain text and go the fastest way."""
    cells = {at: json.dumps(found, ensure_ascii=False) for at, found in block.cells.items()}
    TableWriter(Row, (*ROW_FIELDS, "cells")).write([(*record, cells.get(at)) for at, record in enumerate(records)])


def write_problems(batch_id: int, found: Sequence[tuple[int, int, Finding]]) -> None:
    """Append problems: row id, row number, finding."""
    TableWriter(Problem, PROBLEM_FIELDS).write(
        [
            (
                batch_id,
                row_id,
                number,
                one.field,
                one.code,
                one.severity.value,
                one.found.replace("\0", "�"),
                one.message,
            )
            for row_id, number, one in found
        ]
    )


def row_records(claim: Claim, block: Block, ids: Sequence[int]) -> list[tuple[Value, ...]]:
    """Records of ROW_FIELDS; a row without errors gets the hash of its payload."""
    references = mint_many(len(ids))
    records: list[tuple[Value, ...]] = []
    for at, row in enumerate(block.rows):
        title, name, email, mobile, amount, remarks, client_reference = row
        errors = warnings = 0
        if at in block.findings:
            errors = sum(one.severity is Severity.ERROR for one in block.findings[at])
            warnings = len(block.findings[at]) - errors
        reference = references[at]
        digest = ""
        if not errors and amount is not None:
            payload = payload_bytes(
                title=title,
                name=name,
                email=email,
                mobile=mobile,
                amount=amount,
                remarks=remarks,
                reference=reference,
            )
            digest = payload_hash(payload)
        raw = json.dumps(block.raws[at], ensure_ascii=False) if at in block.raws else "{}"
        head = (ids[at], claim.batch_id, block.numbers[at], title, name, email, mobile, amount, remarks)
        records.append((*head, client_reference, reference, digest, raw, errors, warnings))
    return records
