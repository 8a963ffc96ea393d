"""The tables of the reports as files, with the same figures as the page and a total that is checked before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO

from allocations.domain import policy
from allocations.domain.days import IST
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor
from allocations.exports.about import connection
from allocations.exports.cells import Cell, ist, points
from allocations.exports.csv_file import write_csv
from allocations.exports.drafts import temporary
from allocations.exports.hashes import sha256_of
from allocations.exports.kinds import FileKind, kind_of
from allocations.exports.report_tables import TABLES, Table, total_of
from allocations.exports.snapshots import snapshot
from allocations.exports.xlsx_file import XlsxFile
from allocations.gateway import database_now
from allocations.presenters.reports import months_total
from allocations.selectors.reports import Month, Period, given_by_month
from allocations.services import exporting

KINDS = (FileKind.XLSX, FileKind.CSV, FileKind.CSV_EXACT)


@dataclass(frozen=True, slots=True)
class Scope:
    """`year` and `account` in words; `account` "" for all of them."""

    period: Period
    year: str
    account: str


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A finished file, at its start. Closing it deletes it."""

    file: BinaryIO
    kind: FileKind
    name: str
    sha256: str
    rows: int


def report_file(actor: Actor, scope: Scope, *, table: str, kind: str) -> MadeReport:
    """`table`: a name of TABLES. Noted in the trail.

    Raises NotAllowed, InvalidInput for a table or kind that does not exist, StateConflict when the lines of the table
    do not add up to the year's total on the page; then nothing is handed out.
    """
    policy.check_export(actor)
    form = kind_of(kind, of=KINDS)
    if table not in TABLES:
        raise InvalidInput(f"“{table}” is not a table of the reports. Choose one of: {', '.join(TABLES)}.")
    wanted = TABLES[table]
    if scope.account and not wanted.of_accounts:
        raise InvalidInput(f"“{wanted.title}” is over all accounts. Choose all accounts for it.")
    file = temporary().file
    try:
        with snapshot():
            lines, total = wanted.lines(scope.period), months_total(given_by_month(scope.period))
            _check(wanted, lines, total)
            at = database_now()
        about = _about(scope, wanted, total, who=actor.name, at=ist(at), count=len(lines))
        _write(file, wanted, form, lines, about)
        name = f"report-{table}-{scope.year.removeprefix('FY ')}-{at.astimezone(IST):%Y-%m-%d}{form.ending}"
        made = MadeReport(file, form, name, sha256_of(file), len(lines))
        told = {"table": table, "year": scope.year, "account": scope.account or "all", "kind": form.value}
        exporting.record_report(actor, sha256=made.sha256, rows=made.rows, **told)
    except BaseException:
        file.close()
        raise
    return made


def _write(
    file: BinaryIO, table: Table, kind: FileKind, lines: Sequence[Sequence[Cell]], about: Iterator[Sequence[Cell]]
) -> None:
    foot = total_of(table, lines)
    block = list(zip(*(*lines, *([foot] if foot else [])), strict=True))
    blocks = [block] if block else []
    if kind is FileKind.XLSX:
        with XlsxFile(file) as book:
            book.write_rows(table.columns, blocks)
            book.write_about(about)
    else:
        write_csv(file, table.columns, blocks, exact=kind is FileKind.CSV_EXACT)


def _check(table: Table, lines: Sequence[Sequence[Cell]], total: Month | None) -> None:
    """Against the total of the page's first table, which adds up the same counters by month."""
    expected = _figures(total)
    for header, found in table.sums(lines).items():
        if header in table.adds_up and found != expected[header]:
            raise StateConflict(
                f"The report does not add up: “{header}” is {found} in its lines and {expected[header]} by month. "
                "Nothing was exported. Tell the owner of the portal."
            )


def _figures(total: Month | None) -> Mapping[str, Cell]:
    if total is None:
        return dict.fromkeys(("Rows credited", "Points given", "Points taken back", "Points net", "Rows failed"), 0)
    return {
        "Rows credited": total.credited,
        "Points given": points(total.credited_points),
        "Points taken back": total.reversed,
        "Points net": points(Decimal(total.net)),
        "Rows failed": total.failed,
    }


def _about(
    scope: Scope, table: Table, total: Month | None, *, who: str, at: str, count: int
) -> Iterator[Sequence[Cell]]:
    yield from (
        ("Report", table.title),
        ("Financial year", scope.year),
        ("Reward account", scope.account or "all"),
        ("EnKash connection", connection()),
        ("Exported by", who),
        ("Exported at (IST)", at),
        ("Lines in this file", count),
        ("Personal data", table.personal_data),
        ("",),
        ("As the page has it", table.as_the_page),
    )
    yield from _figures(total).items()
