import hashlib
from dataclasses import replace
from decimal import Decimal

import pytest

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.states import RowState
from allocations.exports.tallies import FILTERS
from allocations.models import Chunk, Row, TrailEntry
from allocations.selectors.totals import batch_totals
from tests.exports.reading import csv_rows, csv_text, jsonl_rows, make, true_up, xlsx_rows, xlsx_sheets
from tests.factories.batches import approved_batch, checking_batch, review_batch, submitted_batch
from tests.factories.people import actor

pytestmark = pytest.mark.django_db

EVERY_STATE = {
    "pending": 1,
    "sending": 2,
    "credited": 3,
    "failed": 4,
    "unknown": 1,
    "conflict": 2,
    "anomaly": 1,
    "cancelled": 1,
}
WORDS = {
    "credited": 3,
    "failed": 4,
    "unknown": 1,
    "conflict": 3,
    "being sent": 2,
    "not sent": 1,
    "cancelled": 1,
    "left out": 2,
}
# What a list can smuggle in; the frozen payload is written before submission.
FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\tx", '=cmd|"/C calc"!A0', "a\r\nb", 'say "x", y', "हिन्दी"]


@pytest.fixture
def every_state():
    batch = approved_batch(left_out=2, run_state="running", **EVERY_STATE)
    Row.objects.filter(batch=batch, state=RowState.ANOMALY).update(credited_amount=Decimal("700.50"))
    true_up(batch)
    return batch


def outcomes_of(rows) -> dict[str, int]:
    words = [row["Outcome"] for row in rows]
    return {word: words.count(word) for word in FILTERS if word in words}


@pytest.mark.parametrize(("kind", "read"), [("csv", csv_rows), ("xlsx", xlsx_rows), ("jsonl", jsonl_rows)])
def test_batch_file_holds_every_row_under_its_outcome(every_state, kind, read):
    assert outcomes_of(read(make(every_state, kind=kind))) == WORDS


def test_batch_file_totals_equal_page_and_database(every_state):
    made = make(every_state)
    rows, totals = csv_rows(made), batch_totals(every_state)

    assert len(rows) == every_state.row_count == every_state.rows.count() == made.tally.row_count
    assert sum(int(row["Amount"]) for row in rows if row["Outcome"] != "left out") == every_state.points_total
    assert sum(Decimal(row["Credited points"] or 0) for row in rows) == totals.credited_points == 1500
    assert {word: made.tally.rows_of(word) for word in FILTERS} == WORDS


@pytest.mark.parametrize("word", FILTERS)
def test_batch_file_of_one_outcome_holds_only_that(every_state, word):
    made = make(every_state, outcome=word)

    assert outcomes_of(csv_rows(made)) == {word: WORDS[word]}
    assert made.tally.row_count == WORDS[word]


def test_batch_file_never_counts_a_disputed_amount_as_credited(every_state):
    row = next(row for row in csv_rows(make(every_state, outcome="conflict")) if row["Points in conflict"])

    assert (row["Outcome"], row["Credited points"], row["Points in conflict"]) == ("conflict", "", "700.50")


def test_batch_file_tells_everything_of_a_credited_row():
    batch = approved_batch(credited=1)
    stored = batch.rows.get()
    row = csv_rows(make(batch))[0]

    assert row == {
        **dict.fromkeys(("Title", "Remarks", "Client reference", "Outcome reason", "EnKash text"), ""),
        **dict.fromkeys(("Points in conflict", "Account balance after", "User balance after"), ""),
        "Row": "2",
        "Name": stored.name,
        "Email": stored.email,
        "Mobile": stored.mobile,
        "Amount": "500",
        "Our reference": stored.reference,
        "Outcome": "credited",
        "Evidence": "EnKash's answer to the call",
        "EnKash transaction id": stored.transaction_id,
        "EnKash card id": stored.card_id,
        "EnKash user id": stored.enkash_user_id,
        "Credited points": "500",
        "Points taken back": "",
        "Net points": "500",
        "Tries": "1",
        "First sent at": "2026-11-11T14:05:00+05:30",
        "Outcome at": "2026-11-11T14:05:00+05:30",
        "Run": str(batch.runs.get().generation),
        "Chunk": "1",
        "Payload SHA-256": stored.payload_hash,
        "Replaces our reference": "",
        "Replaced by our reference": "",
    }


@pytest.mark.parametrize("text", FORMULAS)
def test_batch_file_defuses_formulas_in_csv_and_keeps_text_in_xlsx(text):
    batch = review_batch(ready=1)
    Row.objects.filter(batch=batch).update(name=text, remarks=text, client_reference=text)
    risky = text[0] in "=+-@\t"

    plain, book = csv_rows(make(batch))[0], xlsx_rows(make(batch, kind="xlsx"))[0]

    cells = [plain[head] for head in ("Name", "Remarks", "Client reference")]
    assert cells == [f"'{text}" if risky else text] * 3
    assert [book[head] for head in ("Name", "Remarks", "Client reference")] == [text.replace("\r", "_x000D_")] * 3


def test_batch_file_masks_personal_data_for_an_auditor(every_state):
    row = every_state.rows.filter(state="failed").first()
    Row.objects.filter(pk=row.pk).update(reason=f"Mobile {row.mobile} belongs to {row.email}")

    text = csv_text(make(every_state, by=actor("auditor")))

    found = dict(every_state.rows.values_list("mobile", "email"))
    assert [value for pair in found.items() for value in pair if value in text] == []
    assert f"Mobile ******{row.mobile[-4:]} belongs to p***@example.com" in text
    assert row.payload_hash not in text


def test_batch_file_is_in_full_for_its_maker(every_state):
    stored, row = every_state.rows.first(), csv_rows(make(every_state))[0]

    assert (row["Mobile"], row["Email"]) == (stored.mobile, stored.email)


@pytest.mark.parametrize("roles", [("admin",), ("approver",), ("auditor", "admin")])
def test_batch_file_is_masked_for_whoever_had_no_hand_in_it(every_state, roles):
    row = csv_rows(make(every_state, by=actor(*roles)))[0]

    assert row["Mobile"] == f"******{every_state.rows.first().mobile[-4:]}"


def test_batch_file_is_in_full_for_an_approver_who_decides():
    batch = submitted_batch()
    row = csv_rows(make(batch, by=actor("approver")))[0]

    assert row["Mobile"] == batch.rows.first().mobile


@pytest.mark.parametrize("roles", [(), ("owner",)])
def test_batch_file_is_refused_without_the_role(roles):
    with pytest.raises(NotAllowed):
        make(approved_batch(), by=actor(*roles))

    assert not TrailEntry.objects.filter(event="batch exported").exists()


@pytest.mark.parametrize(("kind", "outcome"), [("pdf", ""), ("", ""), ("csv", "success"), ("csv", "pending")])
def test_batch_file_refuses_kinds_and_outcomes_that_do_not_exist(kind, outcome):
    with pytest.raises(InvalidInput):
        make(approved_batch(), kind=kind, outcome=outcome)


def test_batch_file_refuses_a_list_that_is_being_read():
    with pytest.raises(StateConflict, match="has not been read to the end"):
        make(checking_batch())


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize(
    ("change", "figure"),
    [
        ({"failed": 5}, "rows with the outcome “failed” are 4 in its rows and 5 in the batch's counters"),
        ({"credited_points": 1499}, "points credited are 1500 in its rows and 1499 "),
        ({"failed_points": 1}, "points of failed rows are 2000 in its rows and 1 "),
        ({"unknown_points": 1}, "points of unknown and conflict rows are 2000 in its rows and 1 "),
    ],
)
def test_batch_file_is_refused_when_it_does_not_add_up(every_state, kind, change, figure):
    Chunk.objects.filter(run__batch=every_state).update(**change)

    with pytest.raises(StateConflict, match=figure.replace("(", r"\(")):
        make(every_state, kind=kind)

    assert not TrailEntry.objects.filter(event="batch exported").exists()


@pytest.mark.parametrize("change", [{"row_count": 99}, {"left_out_count": 3}, {"points_total": 1}])
def test_batch_file_is_refused_when_the_batch_counts_otherwise(change):
    batch = submitted_batch(rows=2, left_out=2)
    for name, value in change.items():
        setattr(batch, name, value)
    batch.save()

    with pytest.raises(StateConflict, match="does not add up"):
        make(batch)


def test_batch_file_leaves_its_hash_and_figures_in_the_trail(every_state):
    person = actor("auditor")
    made = make(every_state, by=person, outcome="failed")
    entry = TrailEntry.objects.get(event="batch exported")

    assert (entry.batch_id, entry.actor_id) == (every_state.pk, person.id)
    assert entry.data == {
        "kind": "csv",
        "rows": 4,
        "points": 2000,
        "credited_points": "0",
        "taken_back_points": "0",
        "outcome": "failed",
        "personal_data": "masked",
        "sha256": hashlib.sha256(made.file.read()).hexdigest(),
    }


def test_about_says_who_what_and_how_it_adds_up(every_state):
    person = replace(actor("admin"), name="=Asha")
    sheets = xlsx_sheets(make(every_state, kind="xlsx", by=person))
    about = {line[0]: line[1:] for line in sheets["About"] if line[0]}

    assert list(sheets) == ["About", "Rows"]
    assert about["Batch"][0] == every_state.pk
    assert about["Digest (SHA-256)"][0] == every_state.digest
    assert about["Exported by"][0] == "=Asha"
    assert about["EnKash connection"][0] == "simulator: demo data, no real points"
    assert {word: about[word][0] for word in FILTERS} == WORDS
    assert about["Total"] == (17, 8500)
    assert about["Points credited"] == (None, 1500)
    assert (about["Points taken back"], about["Points net"]) == ((None, 0), (None, 1500))


def test_batch_file_before_any_run_has_everything_not_sent():
    assert outcomes_of(csv_rows(make(submitted_batch(rows=2, left_out=1)))) == {"not sent": 2, "left out": 1}
