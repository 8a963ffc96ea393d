"""Delimited text as bytes. The ids are the lines of the table of odd uploads."""

from pathlib import Path

import pytest

from allocations.domain.files import FileRefused
from allocations.domain.readings import Choice, Question
from allocations.imports.opening import opened

TEXT = "Name,Mobile,Amount\nAndré,9812345671,100\n"
ROWS = [["Name", "Mobile", "Amount"], ["André", "9812345671", "100"]]


def read(folder: Path, content: bytes, *, kind: str = "csv") -> tuple[list[list[str]], list[str], str, str]:
    path = folder / "list"
    path.write_bytes(content)
    with opened(path, kind=kind) as sheet:
        records = [list(record) for block in sheet.blocks for record in block]
        return [list(sheet.head[0]), *records], sheet.notes, sheet.encoding, sheet.delimiter


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        pytest.param(TEXT.encode(), "utf-8", id="utf_8"),
        pytest.param(TEXT.encode("utf-8-sig"), "utf-8-sig", id="case_1"),
        pytest.param(b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16", id="case_2_little"),
        pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16", id="case_2_big"),
        pytest.param(TEXT.encode("utf-32"), "utf-32", id="case_2_utf_32"),
        pytest.param(TEXT.replace("\n", "\r").encode(), "utf-8", id="case_12_bare_cr"),
        pytest.param(TEXT.replace("\n", "\r\n", 1).encode(), "utf-8", id="case_12_mixed"),
    ],
)
def test_text_is_decoded(tmp_path: Path, content: bytes, encoding: str) -> None:
    assert read(tmp_path, content) == (ROWS, [], encoding, ",")


def test_windows_1252_is_read_and_asked_about_case_4(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(f"{TEXT}“Ravi”;x,1,2\n{'Zoë,1,2' * 20}".encode("cp1252"))
    with opened(path, kind="csv") as sheet:
        assert next(iter(sheet.blocks))[0] == ROWS[1]
        asked = "This file is not UTF-8. We read it as Windows-1252; check the names below."
        shown = ("André", "“Ravi”", "Zoë", "2Zoë")
        assert (sheet.encoding, sheet.questions) == ("windows-1252", [Question("windows_1252", asked, shown)])


def test_header_further_down_is_read_from_there(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text(f"Diwali 2026\n\n{TEXT}")
    with opened(path, kind="csv", choice=Choice(header_row=3)) as sheet:
        found = sheet.head[0], [list(block) for block in sheet.blocks], sheet.header_row, sheet.rows_total
    assert found == (ROWS[0], [ROWS[1:]], 3, 1)


@pytest.mark.parametrize("delimiter", [pytest.param(mark, id=f"case_6_{ord(mark)}") for mark in ",;\t|"])
def test_delimiter_is_found_by_the_header(tmp_path: Path, delimiter: str) -> None:
    rows, _, _, found = read(tmp_path, TEXT.replace(",", delimiter).encode())
    assert (rows, found) == (ROWS, delimiter)


def test_delimiter_inside_quotes_belongs_to_the_cell_case_7(tmp_path: Path) -> None:
    rows, *_ = read(tmp_path, b'Name,Mobile,Amount\n"Rao, Asha",9812345671,"1,000"\n')
    assert rows[1] == ["Rao, Asha", "9812345671", "1,000"]


def test_sep_line_is_honoured_case_122(tmp_path: Path) -> None:
    rows, _, _, found = read(tmp_path, b"sep=|\r\nName|Mobile|Amount\r\nAsha|9812345671|1;0,0\r\n")
    assert (rows, found) == ([ROWS[0], ["Asha", "9812345671", "1;0,0"]], "|")


def test_pasted_cells_are_separated_by_tabs(tmp_path: Path) -> None:
    rows, *_ = read(tmp_path, TEXT.replace(",", "\t").encode(), kind="paste")
    assert rows == ROWS


LONG = b"Name,Mobile,Amount\n" + b"Asha,9812345671,100\n" * 20_000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(
            TEXT.encode("utf-16-le"),
            "The file is not UTF-8 text. Save it as 'CSV UTF-8' and upload again.",
            id="case_3",
        ),
        pytest.param(
            b"Name\n" * 16 + b"Andr\xc3\xa9 Ren\xe9\n",
            "Line 17 has bytes that are not valid text.",
            id="case_5_mixed",
        ),
        pytest.param(b"Name\nA\x81\n", "Line 2 has bytes that are not valid text.", id="case_5_invalid"),
        pytest.param(
            TEXT.encode() + b'"Asha,9812345671,100\nRavi,9812345672,100\n',
            "A quote opened on line 3 is never closed. Nothing after it can be trusted.",
            id="case_10",
        ),
        pytest.param(
            TEXT.encode() + b'"' + LONG,
            "A quote opened on line 3 is never closed. Nothing after it can be trusted.",
            id="case_10_in_a_long_file",
        ),
        pytest.param(LONG + b'"Asha" Rao,9812345671,100\n', "Line 20002: text after a closing quote.", id="case_11"),
        pytest.param(
            TEXT.encode() + b"A" * 140_000, "Line 3 has a cell longer than 131072 characters.", id="huge_cell"
        ),
        pytest.param(b"", "The file is empty. Choose a file with a header and at least one row.", id="case_27"),
        pytest.param(
            b" \r\n\t\n", "The file is empty. Choose a file with a header and at least one row.", id="case_28"
        ),
        pytest.param(
            TEXT.encode() + b"As\0ha,1,1\n",
            "Line 3 contains a NUL character. Save the list again as 'CSV UTF-8'.",
            id="case_66",
        ),
        pytest.param(b"%PDF-1.7", "Only .csv and .xlsx are accepted.", id="case_35_pdf"),
        pytest.param(b"\x89PNG\r\n", "Only .csv and .xlsx are accepted.", id="case_35_image"),
    ],
)
def test_file_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.sentence == sentence


@pytest.mark.parametrize("kind", ["ods", "xlsb", "numbers", "pdf", "zip"])
def test_other_kinds_are_refused_case_35(tmp_path: Path, kind: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, TEXT.encode(), kind=kind)
    assert refused.value.sentence == "Only .csv and .xlsx are accepted."
