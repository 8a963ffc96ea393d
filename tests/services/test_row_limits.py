"""What one person gets in a month, and which amounts: found wherever a list is looked at, kept when it is approved."""

from datetime import datetime
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from allocations.domain.row_limits import rows_above_month
from allocations.models import Problem, Replacement
from allocations.selectors import row_limits as reads
from allocations.services.leaving_out import leave_out_row, take_back_row
from tests.factories.given import given
from tests.factories.lists import NOW, BatchFactory, RowFactory
from tests.factories.people import known, person
from tests.factories.policies import agree
from tests.factories.reversals import ReversalFactory
from tests.imports.correcting import applied, downloaded, typed
from tests.imports.test_mending import change, fingerprints_hold, state
from tests.imports.test_run import imported
from tests.services.beyond import ASHA, HEAD, INSTANT, MONTH, NEXT, RAVI, above, listed, marked, told_time

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    return told_time(monkeypatch)


# What counts as given -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        *(({"state": state}, 300) for state in ("credited", "pending", "unknown", "conflict", "anomaly", "sending")),
        *(({"state": state}, 0) for state in ("failed", "cancelled", "left_out")),
        ({"at": MONTH - INSTANT}, 0),
        ({"at": MONTH}, 300),
        ({"at": NEXT - INSTANT}, 300),
        ({"at": NEXT}, 0),
        # The month of the approval, not of the credit.
        ({"outcome_at": NEXT}, 300),
        ({"at": MONTH - INSTANT, "outcome_at": MONTH}, 0),
        ({"credited_amount": "300.50"}, 301),
        ({"credited_amount": "299.50"}, 300),
        ({"mobile": RAVI}, 0),
    ],
    ids=str,
)
def test_what_other_batches_give_is_counted_by_approval_and_outcome(history, expected) -> None:
    given(**{"mobile": ASHA, "points": 300, **history})
    batch = BatchFactory(state="review")
    RowFactory(batch=batch, mobile=ASHA, amount=1)
    assert reads.given_in_month([ASHA], batch_id=batch.pk, at=NOW).get(ASHA, 0) == expected
    assert bool(reads.first_above(batch.pk, limit=300, at=NOW)) == (expected >= 300)
    assert not reads.first_above(batch.pk, limit=302, at=NOW)


@pytest.mark.parametrize(
    ("fate", "expected"),
    [
        ("reversed", 100),
        *((state, 300) for state in ("proposed", "approved", "sending", "unknown", "disputed", "failed")),
    ],
)
def test_only_what_was_surely_taken_back_counts_no_more(fate: str, expected: int) -> None:
    row = given(ASHA, 300)
    decided = {} if fate == "proposed" else {"approved_by": person("approver"), "approved_at": NOW}
    outcome = {"evidence": "answer", "outcome_at": NOW} if fate in {"reversed", "failed"} else {}
    ReversalFactory(row=row, amount=200, state=fate, **decided, **outcome)
    assert reads.given_in_month([ASHA], batch_id=0, at=NOW) == {ASHA: expected}


def test_what_a_replacement_gives_instead_of_a_conflict_counts_once() -> None:
    old = given(ASHA, 300, state="conflict")
    batch = BatchFactory(state="review")
    new = RowFactory(batch=batch, mobile=ASHA, amount=300)
    assert reads.given_in_month([ASHA], batch_id=batch.pk, at=NOW) == {ASHA: 300}
    Replacement.objects.create(row=new, replaces=old, looked_up_at=NOW, made_by=person("admin"))
    assert reads.given_in_month([ASHA], batch_id=batch.pk, at=NOW) == {}
    # For others the conflict counts until the replacement is approved.
    assert reads.given_in_month([ASHA], batch_id=0, at=NOW) == {ASHA: 300}
    other = given(ASHA, 50)
    Replacement.objects.filter(row=new).update(row=other)
    assert reads.given_in_month([ASHA], batch_id=0, at=NOW) == {ASHA: 50}


def test_a_waiting_batch_gives_nothing_yet() -> None:
    RowFactory(batch=BatchFactory(state="review"), mobile=ASHA)
    assert reads.given_in_month([ASHA], batch_id=0, at=NOW) == {}
    assert reads.given_in_month([], batch_id=0, at=NOW) == {}


@pytest.mark.parametrize("most", [1, 3, 100])
def test_one_statement_finds_what_the_rule_says_row_by_row(monkeypatch, most) -> None:
    """Piece by piece, too."""
    monkeypatch.setattr(reads, "_MOST", most)
    random = Random(7)
    people = ["", *(f"98123456{at:02}" for at in range(8))]
    for mobile in people[1:6]:
        given(mobile, random.randint(1, 400), state=random.choice(["credited", "pending", "failed"]))
    batch = BatchFactory(state="review")
    for number in range(2, 27):
        mobile, amount = random.choice(people), random.choice([None, 50, 150])
        gone = random.random() < 0.2
        RowFactory(batch=batch, number=number, mobile=mobile, amount=amount, state="left_out" if gone else "pending")
    rows = list(batch.rows.filter(state="pending").values_list("number", "mobile", "amount"))
    so_far = reads.given_in_month(people[1:], batch_id=batch.pk, at=NOW)
    for limit in (100, 300, 500):
        rule = dict(rows_above_month(rows, given=so_far, limit=limit, month="November 2026"))
        assert dict(reads.findings_above_month(batch.pk, limit=limit, at=NOW)) == rule
        assert rule or limit > 400


# Found in a list ------------------------------------------------------------------------------------------------------


def test_an_import_marks_every_row_of_a_person_above_the_limit() -> None:
    given(ASHA, 1_000)
    agree(most_points_person_month=1_500)
    batch = listed((ASHA, 200), (RAVI, 1_500), (ASHA, 400), ("9812345673", 1_501))
    assert marked(batch) == above(2, 4, 5)
    message = Problem.objects.get(batch=batch, number=4, severity="error").message
    assert message == (
        "would bring this person to 1,600 points in November 2026: 1,000 given so far, 400 in this row, 200 in other "
        "rows of this list. The limit is 1,500 a month. Give at most 300 here or leave rows out, or submit it in another "
        "month."
    )
    assert (batch.error_rows, batch.points_total, fingerprints_hold(batch)) == (3, 1_500, True)


def test_an_import_marks_amounts_that_are_not_allowed() -> None:
    agree(allowed_amounts=(500, 1_000, 2_500))
    batch = listed((ASHA, 500), (RAVI, 700), (ASHA, 2_500), (ASHA, 5_000))
    assert marked(batch) == [(3, "amount_not_allowed"), (5, "amount_not_allowed")]
    assert "The nearest ones are 500 and 1,000." in Problem.objects.get(batch=batch, number=3).message


def test_without_such_a_rule_nobody_is_looked_up() -> None:
    given(ASHA, 1_000)
    agree(most_points_day=10**9)
    with CaptureQueriesContext(connection) as asked:
        batch = listed((ASHA, 200))
        change(batch, "amount", "300", number=2)
        leave_out_row(known(batch.uploaded_by), batch_id=batch.pk, number=2)
        take_back_row(known(batch.uploaded_by), batch_id=batch.pk, number=2)
    statements = [one["sql"] for one in asked if "approved_at" in one["sql"] and "allocations_row" in one["sql"]]
    assert statements == []


@pytest.mark.parametrize(
    ("number", "field", "text"),
    [
        pytest.param(2, "amount", "200", id="within_the_limit_with_less"),
        pytest.param(2, "amount", "301", id="still_above"),
        pytest.param(3, "amount", "700", id="other_person_above"),
        pytest.param(4, "mobile", RAVI, id="row_goes_to_somebody_else"),
        pytest.param(3, "mobile", ASHA, id="row_comes_from_somebody_else"),
        pytest.param(2, "name", "Ravi", id="another_cell"),
        pytest.param(5, "mobile", ASHA, id="row_that_had_no_mobile"),
        pytest.param(3, "amount", "450", id="other_amount"),
    ],
)
def test_a_mended_list_has_the_marks_of_the_corrected_file(number, field, text) -> None:
    given(ASHA, 500)
    agree(most_points_person_month=1_000, allowed_amounts=(100, 200, 301, 400, 600, 700))
    lines = [f"Asha,{ASHA},400\n", f"Ravi,{RAVI},600\n", f"Asha,{ASHA},200\n", "Meena,,100\n"]
    batch = imported(HEAD + "".join(lines)).batch
    untouched = state(batch)
    change(batch, field, text, number=number)
    after, holds = state(batch), fingerprints_hold(batch)
    change(batch, field, None, number=number)
    assert (state(batch), fingerprints_hold(batch)) == (untouched, True)
    cells = lines[number - 2].rstrip("\n").split(",")
    cells[("name", "mobile", "amount").index(field)] = text
    lines[number - 2] = ",".join(cells) + "\n"
    batch.rows.all().delete()
    assert (after, holds) == (state(imported(HEAD + "".join(lines)).batch), True)


def test_rows_left_out_and_taken_back_move_the_marks_of_the_others() -> None:
    agree(most_points_person_month=500)
    batch = listed((ASHA, 400), (ASHA, 200), (RAVI, 500))
    maker = known(batch.uploaded_by)
    assert marked(batch) == above(2, 3)
    leave_out_row(maker, batch_id=batch.pk, number=3)
    batch.refresh_from_db()
    assert (batch.error_rows, batch.points_total, fingerprints_hold(batch)) == (0, 900, True)
    take_back_row(maker, batch_id=batch.pk, number=3)
    assert marked(batch) == above(2, 3)


def test_a_correction_workbook_takes_the_marks_away() -> None:
    agree(most_points_person_month=500, allowed_amounts=(300, 400, 500))
    batch = listed((ASHA, 400), (ASHA, 300), (RAVI, 499))
    assert marked(batch) == [*above(2, 3), (4, "amount_not_allowed")]
    applied(batch, typed(downloaded(batch), {3: {"Mobile": "9812345679"}, 4: {"Amount": "500"}}))
    assert (marked(batch), fingerprints_hold(batch)) == ([], True)
