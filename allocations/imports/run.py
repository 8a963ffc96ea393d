"""From a waiting upload to a batch under review."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings

from allocations.domain.batches import ListCheck, check_points_total
from allocations.domain.cells import RowLimits
from allocations.domain.files import FileRefused
from allocations.domain.forensics import column_letter
from allocations.domain.manifest import PARSER_VERSION
from allocations.domain.problems import quoted
from allocations.domain.readings import Choice, ChoiceNeeded, Question
from allocations.gateway import database_now
from allocations.imports.cleaning import Cleaner
from allocations.imports.layout import Header, Picker, read_header
from allocations.imports.mapping import Mapping
from allocations.imports.opening import opened
from allocations.imports.remembering import map_columns
from allocations.imports.sheets import BLOCK, Sheet
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
from allocations.services.importing_findings import add_findings, people_in_charge, used_references
from allocations.services.importing_rows import Block, Load, store_load
from allocations.services.repeats import look_for_repeats
from allocations.services.row_limits import findings_of_a_list
from allocations.services.unusual_amounts import above_history

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Reading:
    """One attempt at an upload. `news` is stored with the next write: each commit costs a small list most."""

    claim: Claim
    upload: Upload
    news: dict[str, Any]

    def take_news(self) -> dict[str, Any]:
        news, self.news = self.news, {}
        return news


def run_import(upload_id: int) -> None:
    """Read, clean, check and store one upload. A second delivery of the job finds nothing to do."""
    claim = claim_upload(upload_id, now=database_now())
    if claim is None:
        return
    reading = _Reading(claim, Upload.objects.get(pk=upload_id), {})
    try:
        _import(reading)
    except FileRefused as refused:
        if isinstance(refused, ChoiceNeeded):
            reading.news["offers"] = refused.offers
        refuse_import(claim, sentence=refused.sentence, now=database_now(), **reading.take_news())
    except Superseded:
        logger.warning("another worker took upload %s over", upload_id)


def _import(reading: _Reading) -> None:
    claim, path = reading.claim, Path(reading.upload.file.path)
    if not path.is_file():
        raise FileRefused("The stored file is missing. Upload the list again.")
    with opened(path, kind=reading.upload.kind, choice=Choice(**reading.upload.choice)) as sheet:
        cleaner = _prepare(reading, sheet)
        check = _store(reading, cleaner, sheet)
    check_points_total(check.points, limit=settings.MAX_POINTS_PER_BATCH)
    if len(check) > BLOCK:
        note_progress(claim, now=database_now(), state=UploadState.CHECKING, **reading.take_news())
        analyze_large(len(check))
    used = used_references(claim) if check.has_references else ()
    unusual = chain(check.far_above(factor=settings.ODD_AMOUNT_FACTOR), above_history(claim.batch_id))
    beyond = findings_of_a_list(claim.batch_id)
    add_findings(claim, chain(check.findings(), used, unusual, beyond, check.rows_of(people_in_charge(claim.batch_id))))
    look_for_repeats(claim.batch_id)
    finish_import(
        claim,
        now=database_now(),
        notes=[*sheet.notes, *_blank_note(cleaner.blanks.middle)],
        questions=[question.stored() for question in (*sheet.questions, *_hidden_rows(cleaner.hidden))],
        blank_rows=cleaner.blanks.total,
        rows_total=cleaner.rows,
        **reading.take_news(),
    )


def _prepare(reading: _Reading, sheet: Sheet) -> Cleaner:
    """Keep what was found, also when the mapping is refused: a person can then choose the columns."""
    header = read_header(sheet)
    reading.news = {
        "header": header.texts,
        "sample": header.sample,
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "rows_total": sheet.rows_total,
        "sheet": sheet.name,
        "header_row": sheet.header_row,
        "notes": sheet.notes,
        "parser_version": PARSER_VERSION,
        "mapping": {},
        "ignored": [],
    }
    mapping = map_columns(sheet, header, reading.upload)
    sheet.notes += _hidden_columns(sheet, header, mapping)
    reading.news |= {"mapping": mapping.columns, "ignored": list(mapping.ignored)}
    return Cleaner(
        Picker(mapping, width=len(header.texts)),
        limits=RowLimits(max_points=settings.MAX_POINTS_PER_ROW),
        max_rows=settings.MAX_ROWS,
    )


def _store(reading: _Reading, cleaner: Cleaner, sheet: Sheet) -> ListCheck:
    check = ListCheck()
    for load in cleaner.loads(sheet):
        checked = Load(load.most, _checked(check, load.blocks))
        store_load(reading.claim, checked, now=database_now(), **reading.take_news())
        reading.news["rows_read"] = cleaner.rows
    return check


def _checked(check: ListCheck, blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        check.add(block.numbers, block.rows)
        yield block


def _hidden_rows(count: int) -> list[Question]:
    if not count:
        return []
    found = f"{count} hidden {'rows are' if count > 1 else 'row is'} included."
    return [Question("hidden_rows", f"{found} Remove them if that is not intended.")]


def _hidden_columns(sheet: Sheet, header: Header, mapping: Mapping) -> list[str]:
    used = sorted(sheet.hidden_columns.intersection(mapping.columns.values()))
    return [
        f"Column {column_letter(index)} (“{quoted(header.texts[index])}”) is hidden in the workbook and read all "
        "the same. Check its values."
        for index in used
    ]


def _blank_note(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count} blank {'rows between the others were' if count > 1 else 'row between the others was'} skipped."]
