"""Lists that somebody has to say how to read, said by a program."""

import pytest
from openpyxl import Workbook

from allocations.api.bodies import ENDINGS
from allocations.models import Row, TrailEntry, Upload
from tests.factories.api import Program, check
from tests.imports.books import HEADER, book

pytestmark = pytest.mark.django_db
XLSX = next(kind for kind, ending in ENDINGS.items() if ending == ".xlsx")
ASHA, RAVI = ["Asha", 9812345671, 100], ["Ravi", 9812345672, 250]


def uploaded(program: Program, account, content: bytes, kind: str = "text/csv") -> int:
    made = program.post(f"/batches/upload?purpose=x&account={account.pk}", content, kind=kind)
    check(made.json()["id"])
    return made.json()["id"]


def listed(program: Program, number: int):
    return program.get(f"/batches/{number}").json()["upload"]


@pytest.fixture
def two_sheets(program, account, tmp_path) -> int:
    def add(made: Workbook, _) -> None:
        other = made.create_sheet("November")
        for row in (HEADER, RAVI):
            other.append(row)

    return uploaded(program, account, book(tmp_path / "b.xlsx", ASHA, change=add).read_bytes(), XLSX)


def test_sheet_is_chosen_of_those_that_are_offered(program, two_sheets) -> None:
    offers = listed(program, two_sheets)["offers"]
    assert offers == {"sheets": [{"name": "Sheet", "rows": 2}, {"name": "November", "rows": 2}], "header_row": None}
    for odd in ({"sheet": "December"}, {"header_row": 3}, {}):
        assert program.post(f"/batches/{two_sheets}/reading", odd).status_code == 422
    chosen, again = (program.post(f"/batches/{two_sheets}/reading", {"sheet": "November"}, key="k") for _ in range(2))
    assert (chosen.status_code, chosen.json()["state"], again["Idempotent-Replayed"]) == (200, "checking", "true")
    check(two_sheets)
    read = program.get(f"/batches/{two_sheets}").json()
    assert (read["state"], read["upload"]["sheet"], Row.objects.get().name) == ("review", "November", "Ravi")
    assert TrailEntry.objects.get(event="reading chosen").data["api_token"] == program.token.pk


def test_list_is_read_from_the_row_that_is_offered(program, account) -> None:
    number = uploaded(program, account, b"Diwali 2026\n\nName,Mobile,Amount\nAsha,9812345671,5\n")
    row = listed(program, number)["offers"]["header_row"]
    assert program.post(f"/batches/{number}/reading", {"header_row": row}).status_code == 200
    check(number)
    assert (listed(program, number)["header_row"], Row.objects.get().number) == (3, 4)


def test_columns_that_were_not_understood_are_chosen(program, account) -> None:
    number = uploaded(program, account, b"Who,Cell,Due,Dept\nAsha,9812345671,5,HR\n")
    before = listed(program, number)
    assert (before["state"], before["header"], before["columns"]) == ("refused", ["Who", "Cell", "Due", "Dept"], {})
    chosen = program.post(f"/batches/{number}/columns", {"name": 0, "mobile": 1, "amount": 2})
    assert (chosen.status_code, chosen.json()["state"]) == (200, "checking")
    check(number)
    read = listed(program, number)
    assert (read["columns"], read["ignored_columns"]) == ({"name": 0, "mobile": 1, "amount": 2}, ["Dept"])
    assert (Row.objects.get().amount, Upload.objects.count()) == (5, 2)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"name": 0, "mobile": 1, "amount": 4}, "The list has 4 columns, counted from 0."),
        ({"name": 0, "mobile": 1, "amount": 1}, "One column is chosen for two fields."),
        ({"name": 0, "mobile": 1}, "1 value has not the form"),
        ({"name": 0, "mobile": 1, "amount": 2, "salary": 3}, "1 value has not the form"),
    ],
)
def test_columns_that_do_not_fit_are_refused_at_once(program, account, columns, said) -> None:
    number = uploaded(program, account, b"Who,Cell,Due,Dept\nAsha,9812345671,5,HR\n")
    refused = program.post(f"/batches/{number}/columns", columns)
    assert (refused.status_code, said in refused.json()["detail"]) == (422, True)
    assert Upload.objects.count() == 1


def test_list_without_a_header_has_no_columns_to_choose(program, account) -> None:
    number = uploaded(program, account, b"\x00\x01")
    assert program.post(f"/batches/{number}/columns", {"name": 0, "mobile": 1, "amount": 2}).status_code == 409


def test_columns_as_they_were_chosen_before_are_confirmed(program, account) -> None:
    text = b"Who,Cell,Due,Dept\nAsha,9812345671,5,HR\n"
    earlier = uploaded(program, account, text)
    program.post(f"/batches/{earlier}/columns", {"name": 0, "mobile": 1, "amount": 2})
    check(earlier)
    number = uploaded(program, account, text.replace(b"671", b"672"))
    (asked,) = listed(program, number)["questions"]
    assert (asked["code"], asked["confirmed"]) == ("remembered_columns", False)
    assert "Not confirmed yet" in program.post(f"/batches/{number}/submit", {}).json()["detail"]
    assert program.post(f"/batches/{number}/confirm", {"code": asked["code"]}).status_code == 200
    assert program.post(f"/batches/{number}/submit", {}).status_code == 200
