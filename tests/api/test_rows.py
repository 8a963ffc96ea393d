"""Rows by program: what they hold, for whom it is masked, and how they are put right."""

import pytest

from allocations.models import Row
from tests.factories.api import SOMEBODY, Program
from tests.factories.people import person

pytestmark = pytest.mark.django_db
PEOPLE = [
    {"name": f"Person {at}", "mobile": f"981234567{at}", "amount": 100, "email": f"p{at}@example.com"}
    for at in range(5)
]


def test_rows_are_read_in_pages(program, account) -> None:
    number = program.batch(*PEOPLE, account=account.pk)
    first = program.get(f"/batches/{number}/rows?limit=3").json()
    second = program.get(f"/batches/{number}/rows?limit=3&after={first['next']}").json()
    assert [row["number"] for page in (first, second) for row in page["items"]] == [1, 2, 3, 4, 5]
    assert (first["items"][0]["mobile"], first["items"][0]["masked"], second["next"]) == ("9812345670", False, None)


def test_who_has_no_hand_in_it_reads_masks(program, account) -> None:
    number = program.batch(*PEOPLE, {"name": "x", "mobile": "98123", "amount": 1}, account=account.pk)
    other = Program()
    answer = other.get(f"/batches/{number}/rows")
    row, wrong = answer.json()["items"][0], answer.json()["items"][5]
    assert (row["masked"], row["mobile"], row["email"]) == (True, "******5670", "p***@example.com")
    assert [one["found"] for one in wrong["problems"]] == [""]
    assert b"9812345" not in answer.content
    assert b"98123" not in answer.content


def test_cells_are_changed_all_or_none(program, account) -> None:
    number = program.batch(*PEOPLE, account=account.pk)
    done = program.send("PATCH", f"/batches/{number}/rows/2", {"name": "Ravi", "amount": 7})
    assert (done.status_code, done.json()["points"]) == (200, 407)
    row = Row.objects.get(number=2)
    assert (row.name, row.amount, row.raw["name"], row.edits["name"]) == ("Ravi", 7, "Person 1", "Ravi")
    program.post(f"/batches/{number}/rows/3/leave-out")
    refused = program.send("PATCH", f"/batches/{number}/rows/3", {"name": "Ravi", "amount": 7})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "Row 3 is left out. Take it back before you change it.",
    )
    assert Row.objects.get(number=3).name == "Person 2"


def test_rows_are_left_out_and_taken_back(program, account) -> None:
    number = program.batch(*PEOPLE, account=account.pk)
    assert program.post(f"/batches/{number}/rows/2/leave-out").json()["rows"]["left_out"] == 1
    assert program.post(f"/batches/{number}/rows/2/take-back").json()["rows"]["left_out"] == 0


def test_all_rows_with_errors_are_left_out_at_once(program, account) -> None:
    number = program.batch(SOMEBODY, {"name": "x"}, {"mobile": "y"}, account=account.pk)
    assert program.post(f"/batches/{number}/leave-out-errors").json()["rows"] == {
        "total": 3,
        "with_errors": 0,
        "with_warnings": 0,
        "left_out": 2,
    }


def test_row_that_is_not_there_is_not_found(program, account) -> None:
    number = program.batch(*PEOPLE, account=account.pk)
    assert program.send("PATCH", f"/batches/{number}/rows/9", {"name": "x"}).status_code == 404
    # A wrong number would else pass for a row that gets nothing.
    for act in ("leave-out", "take-back"):
        assert program.post(f"/batches/{number}/rows/9/{act}").status_code == 404


def test_row_that_is_left_out_already_stays_so(program, account) -> None:
    number = program.batch(*PEOPLE, account=account.pk)
    answers = [program.post(f"/batches/{number}/rows/2/leave-out") for _ in range(2)]
    assert [(one.status_code, one.json()["rows"]["left_out"]) for one in answers] == [(200, 1)] * 2


def test_who_changes_a_row_is_a_maker(program, account) -> None:
    number = program.batch(*PEOPLE, account=account.pk)
    other = Program(person("admin"))
    assert other.send("PATCH", f"/batches/{number}/rows/1", {"name": "Ravi"}).status_code == 200
    assert other.get(f"/batches/{number}/rows/1").json()["masked"] is False
