"""Report files: every table with the figures of the page, and none that does not add up."""

import csv
import hashlib
import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.exports import reports as module
from allocations.exports.report_tables import TABLES
from allocations.exports.reports import Scope, report_file
from allocations.models import Chunk, Run, TrailEntry
from allocations.presenters.reports import months_total
from allocations.selectors.reports import Period, given_by_month
from tests.factories.batches import approved_batch
from tests.factories.lists import NOW
from tests.factories.people import actor
from tests.factories.reversals import reversal_in

pytestmark = pytest.mark.django_db
YEAR = Period(since=datetime(2026, 3, 31, 18, 30, tzinfo=UTC), until=datetime(2027, 3, 31, 18, 30, tzinfo=UTC))


def made(table: str, kind: str = "csv", *, period: Period = YEAR, by=None) -> tuple[bytes, str]:
    scope = Scope(period, year="FY 2026-27", account="")
    done = report_file(by or actor("auditor"), scope, table=table, kind=kind)
    with done.file as file:
        content = file.read()
    assert done.sha256 == hashlib.sha256(content).hexdigest()
    return content, done.name


def lines(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made(table)[0].decode("utf-8-sig"), newline="")))


@pytest.fixture
def given():
    batch = approved_batch(credited=3, failed=1, unknown=1, run_state="attention")
    other = approved_batch(credited=2, failed=2)
    type(other).objects.filter(pk=other.pk).update(purpose="=Onam 2026")
    reversal_in("reversed", row=batch.rows.get(number=2), amount=200, outcome_at=NOW)
    Run.objects.update(opening_balance=10_000, closing_balance=8_400)
    return batch


@pytest.mark.parametrize("table", ["months", "programmes", "accounts", "makers", "causes"])
def test_every_table_ends_with_the_total_of_the_page(given, table: str) -> None:
    total, foot = months_total(given_by_month(YEAR)), lines(table)[-1]
    assert next(iter(foot.values())) == "Total"
    expected = {
        "Rows credited": total.credited,
        "Points given": total.credited_points,
        "Points taken back": total.reversed,
        "Points net": total.net,
        "Rows failed": total.failed,
    }
    known = expected.keys() & foot.keys()
    assert "Rows failed" in known
    assert {header: float(foot[header]) for header in known} == {header: float(expected[header]) for header in known}
    body = lines(table)[:-1]
    assert float(foot["Rows failed"]) == sum(float(line["Rows failed"]) for line in body) == 3


def test_outcomes_hold_every_planned_row_once(given) -> None:
    assert {line["Outcome"]: (line["Rows"], line["Points"]) for line in lines("outcomes")} == {
        "Credited": ("5", "2500"),
        "Failed": ("3", "1500"),
        "Unknown or in conflict": ("1", "500"),
        "Cancelled": ("0", ""),
        "Not sent or being sent": ("0", ""),
    }


def test_runs_stand_against_the_balances(given) -> None:
    found = {line["Run"]: line for line in lines("runs")}
    Run.objects.update(state="settled")
    settled = {line["Run"]: line for line in lines("runs")}
    assert set(settled) == {f"Run 1 of batch {run.batch_id}" for run in Run.objects.all()}
    assert len(found) == 1
    assert {line["Opening"] for line in settled.values()} == {"10000"}


@pytest.mark.parametrize("table", TABLES)
def test_workbook_says_what_it_is_and_holds_the_same_lines(given, table: str) -> None:
    content, name = made(table, "xlsx")
    book = load_workbook(io.BytesIO(content))
    about = {line[0]: line[1] for line in book["About"].iter_rows(values_only=True) if line[0]}
    assert (about["Report"], about["Financial year"], about["Reward account"]) == (
        TABLES[table].title,
        "FY 2026-27",
        "all",
    )
    assert (about["Rows credited"], about["Points given"], about["Points net"]) == (5, 2500, 2300)
    assert len(list(book["Rows"].iter_rows())) == len(lines(table)) + 1
    assert name.startswith(f"report-{table}-2026-27-")


def test_safe_csv_defuses_and_exact_csv_does_not(given) -> None:
    assert b'"\'=Onam 2026"' in made("programmes")[0]
    exact, name = made("programmes", "csv-exact")
    assert (b'"=Onam 2026"' in exact, name.endswith("-exact.csv")) == (True, True)


def test_trail_tells_table_period_rows_and_hash(given) -> None:
    who = actor("approver")
    content, _ = made("programmes", by=who)
    entry = TrailEntry.objects.get(event="report exported")
    assert (entry.actor_id, entry.data) == (
        who.id,
        {
            "table": "programmes",
            "year": "FY 2026-27",
            "account": "all",
            "kind": "csv",
            "rows": 2,
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )


def test_what_does_not_add_up_is_not_handed_out(given, monkeypatch) -> None:
    monkeypatch.setattr(module, "given_by_month", lambda period: given_by_month(period)[:0])
    with pytest.raises(StateConflict, match="“Rows credited” is 5 in its lines and 0 by month"):
        made("programmes")
    monkeypatch.undo()
    Chunk.objects.filter(run__batch=given).update(failed=9)
    with pytest.raises(StateConflict, match="“Rows failed” is 3 in its lines and 11 by month"):
        made("causes")
    assert not TrailEntry.objects.filter(event="report exported").exists()


def test_a_year_without_anything_is_a_header_and_zeros() -> None:
    assert made("months")[0].decode("utf-8-sig").splitlines()[1:] == ['"Total",0,0,0,0,0']
    assert made("runs")[0].decode("utf-8-sig").count("\r\n") == 1
    assert {line["Rows"] for line in lines("outcomes")} == {"0"}


@pytest.mark.parametrize(("table", "kind"), [("nobody", "csv"), ("", "csv"), ("months", "jsonl"), ("months", "pdf")])
def test_what_does_not_exist_is_refused(table: str, kind: str) -> None:
    with pytest.raises(InvalidInput):
        made(table, kind)


@pytest.mark.parametrize("roles", [("owner",), ()])
def test_exporting_needs_the_role(roles) -> None:
    with pytest.raises(NotAllowed):
        made("months", by=actor(*roles))
