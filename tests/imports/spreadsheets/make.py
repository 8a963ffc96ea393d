"""Makes the files beside it with LibreOffice, from lists of our own: `python -m tests.imports.spreadsheets.make`.

Needs `soffice`; the tests only read what it wrote. A list is written as flat OpenDocument XML, which LibreOffice opens,
calculates and saves as each of the kinds that people upload.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tests.imports.spreadsheets.lists import CSVS, LISTS, Formula, Number, Table, Text

FILES = Path(__file__).parent / "files"
XLSX, XLS, ODS = "xlsx:Calc MS Excel 2007 XML", "xls:MS Excel 97", "ods:calc8"
SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
    for short, name in (
        ("office", "office:1.0"),
        ("table", "table:1.0"),
        ("style", "style:1.0"),
        ("number", "datastyle:1.0"),
        ("of", "of:1.2"),
    )
)
# Named as a person would choose them in the dialog for number formats.
STYLES = """
<number:number-style style:name="N1"><number:scientific-number number:decimal-places="2"
 number:min-integer-digits="1" number:min-exponent-digits="2"/></number:number-style>
<number:number-style style:name="N2"><number:number number:decimal-places="0" number:min-integer-digits="1"
 number:grouping="true"/></number:number-style>
<number:number-style style:name="N3"><number:text>₹</number:text><number:number number:decimal-places="2"
 number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<number:date-style style:name="N4"><number:day number:style="long"/><number:text>/</number:text><number:month
 number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:text-style style:name="N5"><number:text-content/></number:text-style>
<style:style style:name="scientific" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="grouped" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="rupees" style:family="table-cell" style:data-style-name="N3"/>
<style:style style:name="day" style:family="table-cell" style:data-style-name="N4"/>
<style:style style:name="text" style:family="table-cell" style:data-style-name="N5"/>
<style:style style:name="shown" style:family="table"><style:table-properties table:display="true"/></style:style>
<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>
"""


def flat(tables: Sequence[Table]) -> str:
    body = "".join(part for table in tables for part in _table(table))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {SPACES} office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document>"
    )


def _table(table: Table) -> Iterator[str]:
    yield f"<table:table table:name={quoteattr(table.name)} table:style-name={quoteattr(table.state)}>"
    for column in range(max(map(len, table.rows))):
        yield f"<table:table-column{_unseen(column in table.hidden_columns)}/>"
    for number, row in enumerate(table.rows, start=1):
        unseen = ' table:visibility="filter"' if number in table.filtered_rows else _unseen(number in table.hidden_rows)
        yield f"<table:table-row{unseen}>"
        for column, value in enumerate(row):
            yield _cell(value, span=table.merged.get((number, column), 0))
        yield "</table:table-row>"
    yield "</table:table>"


def _unseen(hidden: bool) -> str:
    return ' table:visibility="collapse"' if hidden else ""


def _cell(value: object, *, span: int) -> str:
    merged = f' table:number-columns-spanned="1" table:number-rows-spanned="{span}"' if span else ""
    match value:
        case None:
            return "<table:table-cell/>"
        case bool():
            return _tag("boolean", f' office:boolean-value="{str(value).lower()}"{merged}')
        case int() | float():
            return _tag("float", f' office:value="{value}"{merged}')
        case date():
            return _tag("date", f' table:style-name="day" office:date-value="{value.isoformat()}"{merged}')
        case Number(number, style):
            return _tag("float", f' table:style-name="{style}" office:value="{number}"{merged}')
        case Formula(formula):
            return _tag("float", f' table:formula={quoteattr(f"of:{formula}")} office:value="0"')
        case Text(text):
            return _tag("string", f' table:style-name="text" office:string-value={quoteattr(text)}{merged}')
        case _:
            return _tag("string", f" office:string-value={quoteattr(str(value))}{merged}")


def _tag(kind: str, attributes: str) -> str:
    return f'<table:table-cell office:value-type="{kind}"{attributes}/>'


@dataclass(frozen=True)
class Office:
    """One LibreOffice with a profile of its own, so that no one's settings change what is written."""

    folder: Path

    def save(self, source: Path, kind: str) -> Path:
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{self.folder}/profile",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(self.folder / "out"),
                str(source),
            ],
            check=True,
            timeout=120,
            stdout=subprocess.DEVNULL,
        )
        return self.folder / "out" / f"{source.stem}.{kind.partition(':')[0]}"


def main() -> int:
    FILES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        office = Office(Path(folder))
        for name, tables in LISTS.items():
            (source := office.folder / f"{name}.fods").write_text(flat(tables))
            office.save(source, XLSX).rename(FILES / f"{name}.xlsx")
        people = office.folder / "people.fods"
        office.save(people, XLS).rename(FILES / "people.xls")
        office.save(people, ODS).rename(FILES / "people.ods")
        for name, (source_name, options) in CSVS.items():
            made = office.save(office.folder / f"{source_name}.fods", f"csv:Text - txt - csv (StarCalc):{options}")
            made.rename(FILES / f"{name}.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
