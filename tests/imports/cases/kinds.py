"""Files that are not what their name says, and workbooks that must not be opened."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.imports.books import book, rezipped
from tests.imports.cases.case import LIST, Case, file_error

ASHA = ["Asha", 9812345671, 100]
ONLY = "Only .csv and .xlsx are accepted."
DAMAGED = "The workbook is damaged. Save it again in Excel and upload that."
TOO_LARGE = "The workbook expands to more than the limit. Delete what is not part of the list."
XML = "The workbook contains XML declarations that are not allowed."
FOREIGN = "The workbook contains embedded objects or external links. Copy the values to a new one."
MACROS = "Workbooks with macros are not accepted. Save it as .xlsx."
PASSWORD = "The workbook is password-protected. Remove the password and upload again."
NO_WORKBOOK = "This is not an Excel workbook. Only .csv and .xlsx are accepted."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x>&c;</x>'


def workbook(folder: Path) -> bytes:
    return book(folder / "made.xlsx", ASHA).read_bytes()


def with_parts(*drop: str, **add: bytes) -> Callable[[Path], bytes]:
    """A good workbook with further or without some parts; their names are written with __ for / and _ for a dot."""
    named = {name.replace("__", "/").replace("_", "."): content for name, content in add.items()}

    def make(folder: Path) -> bytes:
        return rezipped(book(folder / "made.xlsx", ASHA), add=named, drop=drop).read_bytes()

    return make


def truncated(folder: Path) -> bytes:
    return workbook(folder)[:-200]


def encrypted(folder: Path) -> bytes:
    """The flag in the zip's directory; what is behind it does not matter."""
    data = bytearray(workbook(folder))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def twice_the_same(folder: Path) -> bytes:
    data = io.BytesIO(workbook(folder))
    with zipfile.ZipFile(data, "a") as archive:
        # zipfile warns of what is meant here.
        info = zipfile.ZipInfo("xl/other.xml")
        archive.writestr(info, b"<x/>")
        again = zipfile.ZipInfo("xl/othex.xml")
        archive.writestr(again, b"<x/>")
    return data.getvalue().replace(b"xl/othex.xml", b"xl/other.xml")


def plain_zip(_: Path) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("list.csv", LIST)
    return data.getvalue()


def zip_case(number: int, content: bytes | Callable[[Path], bytes], sentence: str, *, label: str = "") -> Case:
    return file_error(number, content, sentence, kind="xlsx", label=label)


CASES: list[Case] = [
    file_error(30, workbook, "This is an Excel workbook with a .csv name. Rename it to .xlsx."),
    zip_case(31, LIST.encode(), "This is not an Excel workbook. Is it a CSV file?"),
    file_error(32, OLE + b"Workbook" * 99, "Old .xls files are not supported. Save as .xlsx.", kind="xls"),
    zip_case(33, OLE + "EncryptedPackage".encode("utf-16-le"), PASSWORD),
    zip_case(33, encrypted, PASSWORD, label="zip_flag"),
    zip_case(34, with_parts(xl__vbaProject_bin=b"x"), MACROS, label="part"),
    file_error(34, workbook, MACROS, kind="xlsm", label="name"),
    *(file_error(35, workbook, ONLY, kind=kind, label=kind) for kind in ("xlsb", "ods", "numbers", "zip")),
    *(
        file_error(35, content, ONLY, kind=kind, label=label)
        for kind, content, label in (
            ("pdf", b"%PDF-1.7", "pdf"),
            ("csv", b"%PDF-1.7", "pdf_named_csv"),
            ("csv", b"\x89PNG\r\n\x1a\n", "image_named_csv"),
        )
    ),
    zip_case(35, plain_zip, NO_WORKBOOK, label="zip_named_xlsx"),
    zip_case(36, with_parts(xl__media_xml=b"<x>" + b" " * (80 << 20)), TOO_LARGE, label="ratio"),
    zip_case(36, with_parts(**{f"xl__a{n}_xml": b"<x/>" for n in range(200)}), TOO_LARGE, label="parts"),
    zip_case(37, with_parts(xl__other_xml=DOCTYPE), XML),
    zip_case(38, with_parts(xl__externalLinks__externalLink1_xml=b"<x/>"), FOREIGN, label="links"),
    zip_case(38, with_parts(xl__embeddings__o_bin=b"x"), FOREIGN, label="objects"),
    zip_case(39, truncated, DAMAGED, label="truncated"),
    zip_case(39, with_parts("xl/workbook.xml"), DAMAGED, label="part_missing"),
    zip_case(39, with_parts(xl__worksheets__sheet1_xml=b"<worksheet><sheetData><row"), DAMAGED, label="broken_xml"),
    zip_case(39, twice_the_same, DAMAGED, label="part_twice"),
    zip_case(39, with_parts("[Content_Types].xml"), NO_WORKBOOK, label="no_content_types"),
]
