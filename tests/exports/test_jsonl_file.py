import io
import json
from decimal import Decimal

from allocations.exports.cells import Kind
from allocations.exports.jsonl_file import write_jsonl
from allocations.exports.resource import ExportField

COLUMNS = [
    ExportField("name", "Name", Kind.WORDS),
    ExportField("amount", "Amount", Kind.WHOLE),
    ExportField("credited_points", "Credited points", Kind.POINTS),
]


def written(records) -> bytes:
    file = io.BytesIO()
    write_jsonl(file, COLUMNS, [list(zip(*records, strict=True))] if records else [])
    return file.getvalue()


def test_jsonl_is_an_object_a_line_with_text_as_it_is_stored():
    lines = written([('=1+1 "हिन्दी"\n', 500, Decimal("99999999999999.25")), ("", "", "")]).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"Name": '=1+1 "हिन्दी"\n', "Amount": 500, "Credited points": "99999999999999.25"},
        {"Name": "", "Amount": None, "Credited points": None},
    ]


def test_jsonl_points_are_strings_whether_whole_or_not():
    assert json.loads(written([("Asha", 1, 700)]))["Credited points"] == "700"


def test_jsonl_without_rows_is_empty():
    assert written([]) == b""
