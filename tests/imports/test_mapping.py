"""Headers. The ids are the lines of the table of odd uploads."""

import pytest

from allocations.domain.cells import FIELDS, REQUIRED, OddCell, OddKind
from allocations.domain.files import FileRefused
from allocations.domain.readings import ChoiceNeeded
from allocations.imports.mapping import (
    Confidence,
    automap,
    check_title_rows,
    chosen,
    header_texts,
    looks_like_data,
)
from allocations.imports.resource import columns, headers

FULL = ["Title", "Name", "Email", "Mobile", "Amount", "Remarks", "Reference"]


def refusal(header: list[str]) -> str:
    with pytest.raises(FileRefused) as refused:
        automap(header)
    return refused.value.sentence


def test_resource_defines_the_fields_of_the_domain() -> None:
    assert (tuple(columns()), headers()) == (FIELDS, FULL)


def test_resource_requires_what_the_domain_requires() -> None:
    assert tuple(name for name, column in columns().items() if column.required) == REQUIRED


def test_template_maps_exactly() -> None:
    mapping = automap(FULL)
    assert mapping.columns == dict(zip(FIELDS, range(7), strict=True))
    assert set(mapping.confidence.values()) == {Confidence.EXACT}


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(["Full Name", "Phone No.", "Points"], id="case_23"),
        pytest.param(["NAME", " mobile ", "amount"], id="case_24_case_and_space"),
        pytest.param(["\ufeffname", "Mobile_No", "AMOUNT\u00a0"], id="case_24_bom_underscore_nbsp"),
        pytest.param(["नाम", "मोबाइल", "अंक"], id="case_24_hindi"),
    ],
)
def test_header_variants_map(header: list[str]) -> None:
    assert automap(header).columns == {"name": 0, "mobile": 1, "amount": 2}


def test_header_with_a_known_word_is_likely() -> None:
    mapping = automap(["Name of the person", "Mobile (10 digits)", "Amount in points"])
    assert mapping.columns == {"name": 0, "mobile": 1, "amount": 2}
    assert set(mapping.confidence.values()) == {Confidence.LIKELY}


def test_unknown_columns_are_listed_as_ignored_case_25() -> None:
    mapping = automap(["Dept", "Name", "Mobile", "", "Amount", "Band"])
    assert (mapping.columns, mapping.ignored) == ({"name": 1, "mobile": 2, "amount": 4}, ("Dept", "Band"))


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        pytest.param(
            ["Asha", "9812345670", "100"],
            "The first line looks like data. Add a header: name, mobile, amount...",
            id="case_19",
        ),
        pytest.param(
            ["name", "mobile", "amount", "dept", "Mobile"],
            "Column 'Mobile' occurs twice (B and E). Keep one.",
            id="case_20",
        ),
        pytest.param(
            ["name", "Mobile", "amount", "Phone"], "Both 'Mobile' and 'Phone' mean mobile. Keep one.", id="case_21"
        ),
        pytest.param(["name", "phone", "email"], "Missing column: amount. Found: name, phone, email.", id="case_22"),
        pytest.param(["name"], "Missing columns: mobile, amount. Found: name.", id="case_29"),
        pytest.param(
            ["=name", "+mobile()", "@amount"],
            "Missing columns: name, mobile, amount. Found: =name, +mobile(), @amount.",
            id="case_120",
        ),
        pytest.param(
            [f"c{n}" for n in range(61)],
            "The file has more than 60 columns. Delete the columns that are not needed.",
            id="case_114",
        ),
    ],
)
def test_header_is_refused(header: list[str], sentence: str) -> None:
    assert refusal(header) == sentence


def test_title_rows_above_the_header_are_refused_case_46() -> None:
    with pytest.raises(ChoiceNeeded) as refused:
        check_title_rows([["Diwali 2026"], [""], ["Name", "Mobile", "Amount"]])
    expected = (
        "Header not found in the first row. It seems to be in row 3. "
        "Read the list from there, or delete the rows above it."
    )
    assert (refused.value.sentence, refused.value.offers) == (expected, {"header_row": 3})


def test_chosen_columns_win() -> None:
    mapping = chosen(["a", "b", "c", "d"], {"name": 3, "mobile": 1, "amount": 0})
    assert (mapping.columns, mapping.ignored) == ({"name": 3, "mobile": 1, "amount": 0}, ("c",))


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ({"name": 0, "mobile": 1}, "Missing column: amount. Found: a, b, c."),
        ({"name": 0, "mobile": 1, "amount": 1}, "One column is chosen for two fields. Choose each column once."),
        (
            {"name": 0, "mobile": 1, "amount": 9},
            "The chosen columns do not fit this file. Choose the columns again.",
        ),
    ],
)
def test_chosen_columns_that_do_not_fit_are_refused(override: dict[str, int], sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        chosen(["a", "b", "c"], override)
    assert refused.value.sentence == sentence


def test_header_texts_drop_empty_columns_at_the_end() -> None:
    assert header_texts([" Name", OddCell(OddKind.FORMULA, "=x"), "", " "]) == ["Name", "=x"]


@pytest.mark.parametrize(
    ("record", "expected"), [(["Asha", "a@example.com"], True), (["x", "9812345670"], True), (["Name", "1"], False)]
)
def test_looks_like_data(record: list[str], expected: bool) -> None:
    assert looks_like_data(record) is expected
