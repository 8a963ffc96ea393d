"""What EnKash does that its documentation does not say, as a file: from the answers that were recorded."""

from collections.abc import Iterator, Sequence

from allocations.domain import policy
from allocations.domain.days import IST
from allocations.domain.policy import Actor
from allocations.enkash.contract.shapes import Call
from allocations.exports.about import connection
from allocations.exports.cells import Cell, Kind, ist
from allocations.exports.csv_file import write_csv
from allocations.exports.drafts import temporary
from allocations.exports.hashes import sha256_of
from allocations.exports.kinds import FileKind, kind_of
from allocations.exports.reports import KINDS, MadeReport
from allocations.exports.resource import ExportField
from allocations.exports.xlsx_file import XlsxFile
from allocations.gateway import database_now
from allocations.models import ContractDifference
from allocations.presenters.contract import CALL_NAMES, kind_words, mark_words, said, what
from allocations.selectors.contract import all_differences
from allocations.services import exporting

_HEADERS = (
    *("Page of the documentation", "What EnKash does", "Difference", "Field", "Words that were kept"),
    *("The portal relies on it", "Answers that had it", "First seen (IST)", "Last seen (IST)"),
    *("Newest run", "Newest chunk", "State", "What an owner said"),
)
COLUMNS = tuple(
    ExportField(header, header, Kind.WHOLE if header == "Answers that had it" else Kind.CODE) for header in _HEADERS
)


def contract_report(actor: Actor, *, kind: str) -> MadeReport:
    """Every difference, the breaking ones that are open first. Noted in the trail; raises NotAllowed, InvalidInput."""
    policy.check_contract_report(actor)
    form, at = kind_of(kind, of=KINDS), database_now()
    lines = [_line(one) for one in all_differences()]
    file = temporary().file
    try:
        blocks = [list(zip(*lines, strict=True))] if lines else []
        if form is FileKind.XLSX:
            with XlsxFile(file) as book:
                book.write_rows(COLUMNS, blocks)
                book.write_about(_about(actor, at=ist(at), count=len(lines)))
        else:
            write_csv(file, COLUMNS, blocks, exact=form is FileKind.CSV_EXACT)
        name = f"enkash-contract-{at.astimezone(IST):%Y-%m-%d}{form.ending}"
        made = MadeReport(file, form, name, sha256_of(file), len(lines))
        exporting.record_report(actor, sha256=made.sha256, rows=made.rows, table="contract", kind=form.value)
    except BaseException:
        file.close()
        raise
    return made


def _line(one: ContractDifference) -> tuple[Cell, ...]:
    return (
        CALL_NAMES[Call(one.call)],
        what(one),
        kind_words(one),
        one.path,
        one.detail,
        "yes" if one.breaking else "no",
        one.count,
        ist(one.first_seen),
        ist(one.last_seen),
        str(one.run) if one.run else "",
        one.chunk.number if one.chunk else "",
        mark_words(one),
        said(one),
    )


def _about(actor: Actor, *, at: str, count: int) -> Iterator[Sequence[Cell]]:
    yield from (
        ("Report", "What EnKash does that its documentation does not say"),
        ("EnKash connection", connection()),
        ("Exported by", actor.name),
        ("Exported at (IST)", at),
        ("Lines in this file", count),
        ("Made from", "every answer that was received since the portal compares them, counted as it came"),
        ("Personal data", "none: of texts only words of a fixed list are kept, of other fields only their names"),
    )
