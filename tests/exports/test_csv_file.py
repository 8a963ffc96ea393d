import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.exports.cells import Kind
from allocations.exports.csv_file import RISKY, is_risky, safe, write_csv
from allocations.exports.resource import ExportField

COLUMNS = [ExportField("name", "Name", Kind.WORDS), ExportField("amount", "Amount", Kind.WHOLE)]
# Printable, with the characters that break careless CSV; no surrogates, which no database of ours can hold.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ['=cmd|"/C calc"!A0', "-1+1", "@SUM(1)", "\tx", "\rx", '"', ",", "a\r\nb", "'quoted", "हिन्दी", ""]
)


def written(records, *, exact: bool = False) -> bytes:
    file = io.BytesIO()
    blocks = [list(zip(*records, strict=True))] if records else []
    write_csv(file, COLUMNS, blocks, exact=exact)
    return file.getvalue()


@pytest.mark.parametrize("sign", sorted(RISKY))
def test_safe_puts_an_apostrophe_before_what_could_be_a_formula(sign):
    assert safe(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize("unseen", [" ", "  ", "\xa0", "\u200b", "\ufeff \u2060", "\u202e", "\u3000", "\x0b", "\u3164"])
def test_safe_looks_behind_what_nobody_sees(unseen):
    for sign in sorted(RISKY):
        text = f"{unseen}{sign}1+1"
        assert safe(text) == f"'{text}"
        assert f"\"'{unseen}" in written([(text, 1)]).decode()


@pytest.mark.parametrize("text", ["", " ", "Asha", " Asha", "\u200bAsha", "a=1", "'=1", "9876543210"])
def test_safe_leaves_other_text_alone(text):
    assert safe(text) == text


def test_csv_quotes_text_and_not_figures():
    assert written([("9876543210", 500), ("-1", -5)]) == (
        b'\xef\xbb\xbf"Name","Amount"\r\n"9876543210",500\r\n"\'-1",-5\r\n'
    )


def test_csv_without_rows_is_its_header():
    assert written([]) == b'\xef\xbb\xbf"Name","Amount"\r\n'


@given(st.lists(st.tuples(TEXTS, st.integers(0, 10**9)), min_size=1, max_size=20))
def test_csv_read_back_is_what_was_stored_but_for_the_apostrophe(records):
    read = list(csv.reader(io.StringIO(written(records).decode("utf-8-sig"), newline="")))[1:]

    expected = [[f"'{name}" if is_risky(name) else name, str(amount)] for name, amount in records]
    assert read == expected


@given(st.lists(st.tuples(TEXTS, st.integers() | st.decimals(allow_nan=False) | st.just("")), max_size=20))
def test_exact_csv_is_what_the_csv_module_writes(records):
    expected = io.StringIO(newline="")
    csv.writer(expected, quoting=csv.QUOTE_NONNUMERIC).writerows([["Name", "Amount"], *records])
    assert written(records, exact=True) == expected.getvalue().encode()


@given(st.lists(st.tuples(TEXTS, st.integers(0, 10**9)), min_size=1, max_size=20))
def test_exact_csv_read_back_is_what_was_stored(records):
    content = written(records, exact=True)
    read = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    assert read == [[name, str(amount)] for name, amount in records]
    assert not content.startswith(b"\xef\xbb\xbf")
