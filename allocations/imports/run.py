"""From a waiting upload to a batch under review."""

import logging
from itertools import chain
from pathlib import Path

from django.conf import settings

from allocations.domain.batches import ListCheck, check_points_total
from allocations.domain.cells import RowLimits
from allocations.domain.files import FileRefused
from allocations.gateway import database_now
from allocations.imports.cleaning import Cleaner
from allocations.imports.layout import Picker, map_header, read_header
from allocations.imports.opening import opened
from allocations.imports.sheets import Sheet
from allocations.models import Upload
from allocations.models.uploads import UploadState
from allocations.services.importing import (
    Claim,
    Superseded,
    analyze_large,
    claim_upload,
    finish_import,
    note_progress,
    refuse_import,
)
from allocations.services.importing_findings import add_findings, used_references
from allocations.services.importing_rows import store_block

logger = logging.getLogger(__name__)

# Written into the manifest: which rules read the list.
PARSER_VERSION = "1"


def run_import(upload_id: int) -> None:
    """Read, clean, check and store one upload. A second delivery of the job finds nothing to do."""
    claim = claim_upload(upload_id, now=database_now())
    if claim is None:
        return
    try:
        _import(claim, Upload.objects.get(pk=upload_id))
    except FileRefused as refused:
        refuse_import(claim, sentence=refused.sentence, now=database_now())
    except Superseded:
        logger.warning("another worker took upload %s over", upload_id)


def _import(claim: Claim, upload: Upload) -> None:
    path = Path(upload.file.path)
    if not path.is_file():
        raise FileRefused("The stored file is missing. Upload the list again.")
    with opened(path, kind=upload.kind) as sheet:
        cleaner = _prepare(claim, upload, sheet)
        check = _store(claim, cleaner, sheet)
    check_points_total(check.points, limit=settings.MAX_POINTS_PER_BATCH)
    note_progress(claim, now=database_now(), state=UploadState.CHECKING)
    analyze_large(len(check))
    add_findings(claim, chain(check.findings(), used_references(claim) if check.has_references else ()))
    notes = [*sheet.notes, *_blank_note(cleaner.blanks.middle)]
    finish_import(claim, now=database_now(), notes=notes, blank_rows=cleaner.blanks.total, rows_total=cleaner.rows)


def _prepare(claim: Claim, upload: Upload, sheet: Sheet) -> Cleaner:
    """Tell the page what was found, also when the mapping is refused: a person can then choose the columns."""
    header = read_header(sheet)
    note_progress(
        claim,
        now=database_now(),
        header=header.texts,
        sample=header.sample,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        rows_total=sheet.rows_total,
        notes=sheet.notes,
        parser_version=PARSER_VERSION,
        mapping={},
        ignored=[],
    )
    mapping = map_header(sheet, header, upload.mapping_override)
    note_progress(claim, now=database_now(), mapping=mapping.columns, ignored=list(mapping.ignored))
    return Cleaner(
        Picker(mapping, width=len(header.texts)),
        limits=RowLimits(max_points=settings.MAX_POINTS_PER_ROW),
        max_rows=settings.MAX_ROWS,
    )


def _store(claim: Claim, cleaner: Cleaner, sheet: Sheet) -> ListCheck:
    check = ListCheck()
    for block in cleaner.blocks(sheet):
        check.add(block.numbers, block.rows)
        store_block(claim, block, rows_read=cleaner.rows, now=database_now())
    return check


def _blank_note(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count} blank {'rows between the others were' if count > 1 else 'row between the others was'} skipped."]
