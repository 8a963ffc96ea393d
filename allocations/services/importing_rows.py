"""Rows with their problems into the database, some thousands in one short transaction."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from allocations.domain.cells import CleanRow
from allocations.domain.forensics import Forensics
from allocations.domain.manifest import payload_bytes, payload_hash
from allocations.domain.problems import Problem as Finding
from allocations.domain.problems import Severity
from allocations.domain.references import mint_many
from allocations.models import Problem, Row
from allocations.services.bulk import TableWriter, Value, commit_without_waiting, reserve_ids
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
    "cells",
)
PROBLEM_FIELDS = ("batch", "row", "number", "field", "code", "severity", "found", "message")
_NONE = (0, 0)
# Made once: json.dumps would build an encoder for every row.
_json = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(slots=True)
class Block:
    """Rows in file order. The rest is sparse: position in the block -> what belongs to that row."""

    numbers: list[int] = field(default_factory=list)
    rows: list[CleanRow] = field(default_factory=list)
    raws: dict[int, dict[str, str]] = field(default_factory=dict)
    cells: dict[int, Forensics] = field(default_factory=dict)
    findings: dict[int, Sequence[Finding]] = field(default_factory=dict)


@dataclass(slots=True)
class Load:
    """Rows of one transaction: `most` at most, in blocks that are cleaned as they are taken."""

    most: int
    blocks: Iterator[Block]


def store_load(claim: Claim, load: Load, *, now: datetime, **changes: Any) -> None:
    """Store rows, and what else is new about the upload, in one transaction.

    Raises Superseded, and stores nothing, when the claim is lost. Nothing counts before the end of the import has been
    committed, which waits for the disk.
    """
    # SQLite gains nothing from cleaning meanwhile, and its other writers would have to wait for that too.
    blocks = load.blocks if connection.vendor == "postgresql" else list(load.blocks)
    found: list[tuple[int, int, Finding]] = []
    with transaction.atomic():
        commit_without_waiting()
        note_progress(claim, now=now, **changes)
        ids = reserve_ids(Row, load.most)
        TableWriter(Row, ROW_FIELDS).write_all(_records(claim, blocks, ids, found))
        write_problems(claim.batch_id, found)


def _records(
    claim: Claim, blocks: Iterable[Block], ids: Sequence[int], found: list[tuple[int, int, Finding]]
) -> Iterator[list[tuple[Value, ...]]]:
    """Records of ROW_FIELDS block by block. What was found about them is added to `found`."""
    taken = 0
    for block in blocks:
        own = ids[taken : taken + len(block.rows)]
        taken += len(own)
        found += [(own[at], block.numbers[at], finding) for at, some in block.findings.items() for finding in some]
        yield row_records(claim, block, own)


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
    batch_id, findings = claim.batch_id, block.findings
    counts = {at: _counts(some) for at, some in findings.items()}
    raws = {at: _json(raw) for at, raw in block.raws.items()}
    cells = {at: _json(found) for at, found in block.cells.items()}
    records: list[tuple[Value, ...]] = []
    for at, (row, key, number, reference) in enumerate(
        zip(block.rows, ids, block.numbers, mint_many(len(ids)), strict=True)
    ):
        title, name, email, mobile, amount, remarks, _ = row
        errors, warnings = counts.get(at, _NONE)
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
        rest = (reference, digest, raws.get(at, "{}"), errors, warnings, cells.get(at))
        records.append((key, batch_id, number, *row, *rest))
    return records


def _counts(findings: Sequence[Finding]) -> tuple[int, int]:
    errors = sum(one.severity is Severity.ERROR for one in findings)
    return errors, len(findings) - errors
