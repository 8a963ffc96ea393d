"""A list beside what its people were given before, and the same after a cell was mended."""

import pytest
from django.db import connection
from django.test import override_settings

from allocations.domain.states import RowState
from allocations.models import Problem, Row
from allocations.services import unusual_amounts
from allocations.services.unusual_amounts import above_history
from tests.factories.crowds import crowd
from tests.factories.lists import NOW, BatchFactory, RowFactory
from tests.imports.test_mending import change, fingerprints_hold, state
from tests.imports.test_run import imported

pytestmark = pytest.mark.django_db
MOBILE = "9812345671"
HEAD = "Name,Mobile,Amount\n"
ONE = f"{HEAD}Asha,{MOBILE},7000\n"


def given(amount: int, number: int = 12, **fields) -> Row:
    """A row of an earlier batch that was credited."""
    known = {"state": RowState.CREDITED, "evidence": "answer", "credited_amount": amount, "outcome_at": NOW}
    return RowFactory(**{"mobile": MOBILE, "number": number, "amount": amount, **known, **fields})


def messages(batch) -> list[tuple[int, str]]:
    found = Problem.objects.filter(batch=batch, code="amount_far_above_history").order_by("number")
    return list(found.values_list("number", "message"))


def sentence(times: str, amount: str, row: Row) -> str:
    where = f"({amount}, batch {row.batch_id}, row {row.number})"
    return f"is {times} times the most that this person was given before {where}. Count the zeros."


def test_most_that_the_person_was_given_is_named() -> None:
    given(300)
    most = given(700)
    given(500)
    given(700)
    batch = imported(f"{ONE}Ravi,9812345672,7000\n").batch
    assert messages(batch) == [(2, sentence("10", "700", most))]
    assert (batch.warning_rows, batch.error_rows, batch.points_total) == (1, 0, 14_000)


@pytest.mark.parametrize(
    "earlier",
    [
        pytest.param([{"amount": 701}], id="near_enough"),
        pytest.param([{"amount": 100}, {"amount": 5_000}], id="one_of_them_near_enough"),
        pytest.param([{"amount": 100, "mobile": "9812345679"}], id="somebody_else"),
        pytest.param([{"amount": 100, "state": "pending"}], id="not_credited"),
        pytest.param([{"amount": 100, "mobile": ""}], id="erased"),
    ],
)
def test_nothing_is_odd_beside(earlier) -> None:
    for number, fields in enumerate(earlier, 12):
        given(number=number, **fields)
    assert messages(imported(f"{ONE}Nobody,,7000\n").batch) == []


def test_what_was_not_credited_does_not_count_as_given() -> None:
    most = given(100)
    given(5_000, state="pending")
    assert messages(imported(ONE).batch) == [(2, sentence("70", "100", most))]


@pytest.mark.parametrize(("factor", "expected"), [(0, 0), (70, 1), (71, 0)])
def test_factor_is_a_setting_and_none_compares_nothing(factor, expected) -> None:
    given(100)
    with override_settings(ODD_AMOUNT_FACTOR=factor):
        assert len(messages(imported(ONE).batch)) == expected


@pytest.mark.parametrize("most", [1, 2, 5, 6])
def test_many_hits_are_taken_piece_by_piece(monkeypatch, most) -> None:
    monkeypatch.setattr(unusual_amounts, "_MOST", most)
    monkeypatch.setattr(unusual_amounts, "_BLOCK", 2)
    lines = [f"P{at},98123456{at:02},{7000 if at % 2 else 50}\n" for at in range(11)]
    for at in range(11):
        given(100, mobile=f"98123456{at:02}")
    assert [number for number, _ in messages(imported(HEAD + "".join(lines)).batch)] == [3, 5, 7, 9, 11]


LIST = [f"P{at},98123457{at:02},{500 if at < 10 else 600}\n" for at in range(20)]


@pytest.mark.parametrize(
    ("number", "field", "text"),
    [
        pytest.param(2, "amount", "7000", id="far_above_both"),
        pytest.param(2, "amount", "5000", id="far_above_the_list_at_its_edge"),
        pytest.param(2, "amount", "550", id="middle_moves_up_and_another_row_is_far_no_more"),
        pytest.param(21, "amount", "500", id="middle_stays"),
        pytest.param(22, "amount", "500", id="row_that_was_far_is_not"),
        pytest.param(23, "amount", "400", id="middle_moves_down"),
        pytest.param(3, "mobile", MOBILE, id="person_with_a_history"),
        pytest.param(22, "mobile", MOBILE, id="far_above_both_by_the_mobile"),
        pytest.param(22, "name", "Ravi", id="other_cell_of_a_far_row"),
    ],
)
def test_mended_list_warns_of_what_the_corrected_file_would(number, field, text) -> None:
    given(40)
    tail = ["Far,9812345799,5500\n", "Gap,9812345798,\n"]
    lines = LIST + tail
    batch = imported(HEAD + "".join(lines)).batch
    untouched = state(batch)
    change(batch, field, text, number=number)
    after, holds = state(batch), fingerprints_hold(batch)
    change(batch, field, None, number=number)
    assert (state(batch), fingerprints_hold(batch)) == (untouched, True)
    cells = lines[number - 2].rstrip("\n").split(",")
    cells[("name", "mobile", "amount").index(field)] = text
    lines[number - 2] = ",".join(cells) + "\n"
    assert (after, holds) == (state(imported(HEAD + "".join(lines)).batch), True)


def test_every_person_is_looked_up_by_the_index_of_their_mobile() -> None:
    earlier, batch = BatchFactory(), BatchFactory()
    crowd(earlier)
    crowd(batch)
    Row.objects.filter(batch=earlier).update(
        state=RowState.CREDITED, evidence="answer", credited_amount=500, outcome_at=NOW
    )
    found = {"batch": batch.pk, "first": 1, "last": 20, "factor": 10, "most": 9}
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{unusual_amounts._ABOVE}", found
        )
        plan = "\n".join(str(line) for line in cursor.fetchall())
    assert plan.count("row_by_mobile") == 2
    assert "SCAN" not in plan.upper().replace("INDEX SCAN", "")
    assert list(above_history(batch.pk)) == []
