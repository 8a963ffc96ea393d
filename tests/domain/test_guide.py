import pytest

from allocations.domain.approval_policies import Terms
from allocations.domain.cells import FIELDS, HEADERS, REQUIRED, RowLimits
from allocations.domain.guide import guide
from allocations.imports.resource import headers

LIMITS = RowLimits(max_points=2_000, max_name=70, max_remarks=60, max_reference=20)
COLUMNS = {column.field: column for column in guide(LIMITS)}


def test_guide_has_every_column_in_order_and_says_which_are_needed() -> None:
    assert [(column.field, column.header) for column in COLUMNS.values()] == [(name, HEADERS[name]) for name in FIELDS]
    assert {field for field, column in COLUMNS.items() if column.is_required} == set(REQUIRED)
    assert list(HEADERS.values()) == headers()


@pytest.mark.parametrize(
    ("field", "text", "becomes"),
    [
        ("title", "MR.", "read as Mr"),
        ("title", "Dr", "refused: is Dr; use Mr, Mrs or Ms, or leave it empty."),
        ("name", "", "refused: is empty. Enter the person's name."),
        ("mobile", "+91 98204 41234", "read as 9820441234"),
        ("amount", "1,000", "read as 1000"),
        ("amount", "500", "read as it is"),
        ("amount", "0", "refused: is 0; it must be at least 1."),
        ("email", "", "read as it is"),
        ("client_reference", "HR/2026/001", "refused: is HR/2026/001; use A-Z, 0-9, '-', max 20 characters."),
    ],
)
def test_example_says_what_the_cleaning_does_with_it(field, text, becomes) -> None:
    assert {one.text: one.becomes for one in COLUMNS[field].examples}[text] == becomes


@pytest.mark.parametrize("field", FIELDS)
def test_first_example_of_a_column_is_a_good_one_and_an_empty_cell_is_refused_where_it_is_needed(field) -> None:
    column = COLUMNS[field]
    assert (column.examples[0].is_accepted, column.examples[0].becomes) == (True, "read as it is")
    for one in column.examples:
        if one.text == "":
            assert one.is_accepted is not column.is_required
    assert ("May stay empty" in column.rule) is not column.is_required


def test_rules_have_the_limits_of_the_installation() -> None:
    found = [COLUMNS[field].rule for field in ("name", "amount", "remarks", "client_reference")]
    assert all(limit in rule for limit, rule in zip(("70", "2,000", "60", "20"), found, strict=True))


def test_points_have_the_limits_of_the_policy() -> None:
    terms = Terms(most_points_person_month=10_000, allowed_amounts=(250, 1_000))
    column = {column.field: column for column in guide(LIMITS, terms)}["amount"]
    assert column.rule.endswith(" Only 250, 1,000. At most 10,000 for one person in a month.")
    assert (column.examples[0].text, column.examples[0].becomes) == ("250", "read as it is")
    said = {one.text: (one.is_accepted, one.becomes) for one in column.examples}
    assert said["500"] == (
        False,
        (
            "refused: 500 is not among the amounts that the approval policy allows. The nearest ones are 250 and 1,000. "
            "Give one of them or leave the row out."
        ),
    )
    assert said["1,000"] == (True, "read as 1000")


def test_many_amounts_fit_beside_a_cell() -> None:
    amounts = tuple(range(10**14, 10**14 + 50))
    column = {column.field: column for column in guide(LIMITS, Terms(None, None, None, None, None, 10**15, amounts))}
    assert "and 45 more, see the page Policies." in column["amount"].rule
    assert len(column["amount"].rule) <= 255
