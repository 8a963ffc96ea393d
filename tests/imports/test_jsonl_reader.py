"""JSON Lines: what is read, and every way in which a line is none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.domain.cells import FIELDS
from allocations.domain.files import FileRefused
from allocations.imports.jsonl_reader import LONGEST_LINE, open_jsonl
from allocations.imports.sheets import BLOCK
from allocations.models import Row
from tests.imports.test_run import imported


def records(content: bytes, folder: Path) -> list[list[str]]:
    path = folder / "list"
    path.write_bytes(content)
    return [record for block in open_jsonl(path).blocks for record in block]


def refused(content: bytes, folder: Path) -> str:
    with pytest.raises(FileRefused) as error:
        records(content, folder)
    return error.value.sentence


def test_values_are_as_they_were_written(tmp_path) -> None:
    line = b'{"name":"Asha","mobile":9812345671,"amount":1e3,"remarks":null,"client_reference":"\\u0928"}'
    assert records(line, tmp_path) == [["", "Asha", "", "9812345671", "1e3", "", "न"]]


def test_blank_lines_count_and_are_empty(tmp_path) -> None:
    assert records(b'\n{"name":"A"}\r\n\n', tmp_path) == [[""] * 7, ["", "A", *[""] * 5], [""] * 7]


def test_mark_of_byte_order_is_no_text(tmp_path) -> None:
    assert records(b'\xef\xbb\xbf{"name":"A"}', tmp_path)[0][1] == "A"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"[1]", "Line 2 is no JSON object. Send one object a line, not one list."),
        (b'"x"', "Line 2 is no JSON object. Send one object a line, not one list."),
        (b"{", "Line 2 is no JSON. Send one object a line."),
        (b"{} {}", "Line 2 is no JSON. Send one object a line."),
        (b"[" * 60_000, "Line 2 is no JSON. Send one object a line."),
        (b'{"name":"\xff"}', "Line 2 is not UTF-8."),
        (
            b'{"nam":"A"}',
            "Line 2 has the unknown field “nam”. Fields are title, name, email, mobile, amount, remarks, client_reference.",
        ),
        (b'{"name":"A","name":"B"}', "Line 2 has the field “name” twice."),
        (b'{"name":true}', "Line 2 has a name that is neither text nor a number."),
        (b'{"name":["A"]}', "Line 2 has a name that is neither text nor a number."),
        (b'{"name":{"name":"A"}}', "Line 2 has a name that is neither text nor a number."),
        (b'{"amount":NaN}', "Line 2 has the value NaN, which is no number."),
        (b'{"amount":-Infinity}', "Line 2 has the value -Infinity, which is no number."),
        (b'{"name":"\\ud800"}', "Line 2 has half a character in its name."),
        (b'{"name":"' + b"x" * LONGEST_LINE + b'"}', "Line 2 is longer than 65,536 bytes."),
    ],
)
def test_line_that_is_none_refuses_the_list(tmp_path, line, sentence) -> None:
    assert refused(b'{"name":"A"}\n' + line + b"\n", tmp_path) == sentence


def test_long_list_is_read_in_blocks(tmp_path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b'{"name":"A"}\n' * (2 * BLOCK + 1))
    assert [len(block) for block in open_jsonl(path).blocks] == [BLOCK, BLOCK, 1]


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=20)), min_size=1, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, rows) -> None:
    content = "\n".join(json.dumps(row) for row in rows).encode()
    read = records(content, tmp_path_factory.mktemp("jsonl"))
    assert read == [[row.get(field, "") for field in FIELDS] for row in rows]


@pytest.mark.django_db
def test_list_is_imported_under_its_line_numbers() -> None:
    done = imported(
        '{"name":"Asha","mobile":"9812345671","amount":100}\n\n{"name":"Ravi","mobile":"12","amount":2}\n', kind="jsonl"
    )
    assert (done.state, done.error, done.blank_rows) == ("ready", "", 1)
    assert list(Row.objects.order_by("number").values_list("number", "name", "error_count")) == [
        (1, "Asha", 0),
        (3, "Ravi", 1),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "error"), [("", "The file is empty"), ("\n\n", "The file has a header but no rows")]
)
def test_list_without_rows_is_refused(content, error) -> None:
    assert imported(content, kind="jsonl").error.startswith(error)
