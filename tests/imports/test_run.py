"""From the stored file to the batch under review, on the database that DATABASE_URL names."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile

from allocations.domain.manifest import payload_hash
from allocations.domain.states import BatchState
from allocations.imports.run import run_import
from allocations.models import Batch, Problem, Row, TrailEntry, Upload
from allocations.models.uploads import UploadState
from allocations.services import importing
from allocations.services.planning import payload_of
from tests.factories.lists import BatchFactory, RowFactory, UploadFactory

pytestmark = pytest.mark.django_db

GOOD = "Name,Mobile,Amount\nAsha,9812345671,100\nRavi,9812345672,250\n"


def upload(content: str | bytes, *, kind: str = "csv", **fields) -> Upload:
    data = content.encode() if isinstance(content, str) else content
    batch = fields.pop("batch", None) or BatchFactory(state=BatchState.CHECKING)
    return UploadFactory(batch=batch, file=ContentFile(data, name="list"), kind=kind, **fields)


def imported(content: str | bytes, **fields) -> Upload:
    waiting = upload(content, **fields)
    run_import(waiting.pk)
    return Upload.objects.select_related("batch").get(pk=waiting.pk)


def codes(batch: Batch) -> list[tuple[int | None, str]]:
    return list(Problem.objects.filter(batch=batch).order_by("number", "code").values_list("number", "code"))


def test_good_list_is_ready_for_review() -> None:
    done = imported(GOOD)
    assert (done.state, done.batch.state, done.error) == (UploadState.READY, BatchState.REVIEW, "")
    assert (done.rows_read, done.rows_total, done.mapping) == (2, 2, {"name": 0, "mobile": 1, "amount": 2})
    assert (done.batch.row_count, done.batch.points_total, done.batch.error_rows) == (2, 350, 0)


def test_rows_are_stored_as_cleaned_with_what_was_found() -> None:
    done = imported('Name,Mobile,Amount,Remarks\nAsha,+91 98123 45671,"1,000",a\\b\n')
    row = Row.objects.get(batch=done.batch)
    assert (row.number, row.name, row.mobile, row.amount, row.remarks) == (2, "Asha", "9812345671", 1000, "a\\b")
    assert row.raw == {"mobile": "+91 98123 45671", "amount": "1,000"}
    assert (row.error_count, row.warning_count, row.state) == (0, 1, "pending")


def test_row_without_errors_has_the_hash_of_its_payload() -> None:
    row = Row.objects.get(batch=imported("Name,Mobile,Amount\nआशा,9812345671,100\n").batch)
    assert row.payload_hash == payload_hash(payload_of(row))


def test_row_with_an_error_has_no_hash_and_no_points() -> None:
    row = Row.objects.get(batch=imported("Name,Mobile,Amount\nAsha,98,1.5\n").batch)
    assert (row.payload_hash, row.amount, row.mobile, row.error_count) == ("", None, "", 2)
    assert row.raw == {"mobile": "98", "amount": "1.5"}


def test_problems_name_row_and_field() -> None:
    done = imported("Name,Mobile,Amount\nAsha,9812345671,100\nRavi,98,100\n")
    problem = Problem.objects.get(batch=done.batch)
    assert (problem.row.number, problem.number, problem.field, problem.found) == (3, 3, "mobile", "98")


def test_whole_list_problems_reach_the_rows() -> None:
    done = imported(
        "Name,Mobile,Amount,Email\nAsha,9812345671,100,a@example.com\nAsha,9812345671,100,b@example.com\n"
        "Ravi,9812345672,100,\n"
    )
    assert codes(done.batch) == [(2, "same_mobile_other_email"), (3, "same_mobile_other_email")]
    rows = Row.objects.filter(batch=done.batch).values_list("error_count", "payload_hash")
    assert [(count, bool(digest)) for count, digest in rows] == [(1, False), (1, False), (0, True)]
    assert (done.batch.error_rows, done.batch.points_total) == (2, 100)


def test_reference_of_an_earlier_batch_is_an_error_case_102() -> None:
    earlier = RowFactory(client_reference="EMP-1", number=8, state="pending")
    done = imported("Name,Mobile,Amount,Reference\nAsha,9812345671,100,EMP-1\nRavi,9812345672,100,EMP-2\n")
    problem = Problem.objects.get(batch=done.batch)
    expected = f"was already used in batch {earlier.batch_id}, row 8 (pending). Give the row a new one."
    assert (problem.number, problem.code, problem.message) == (2, "reference_used_before", expected)


@pytest.mark.parametrize(
    ("content", "numbers", "blanks", "notes"),
    [
        pytest.param(GOOD + "\n\n,,\n", [2, 3], 3, [], id="case_16"),
        pytest.param(
            "Name,Mobile,Amount\n\nAsha,9812345671,100\n",
            [3],
            1,
            ["1 blank row between the others was skipped."],
            id="case_17",
        ),
        pytest.param(
            "Name,Mobile,Amount\n , ,\n,,\nAsha,9812345671,100\n",
            [4],
            2,
            ["2 blank rows between the others were skipped."],
            id="case_18",
        ),
        pytest.param('Name,Mobile,Amount\n"A\nB",9812345671,1\nC,9812345672,1\n', [2, 3], 0, [], id="case_8"),
        pytest.param("sep=;\nName;Mobile;Amount\nAsha;9812345671;100\n", [2], 0, [], id="case_122"),
    ],
)
def test_row_numbers_are_those_of_a_spreadsheet(content, numbers, blanks, notes) -> None:
    done = imported(content)
    stored = Row.objects.filter(batch=done.batch).values_list("number", flat=True)
    assert (list(stored), done.blank_rows, done.notes) == (numbers, blanks, notes)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param(
            "Asha,9812345671",
            ("row_too_short", "has 2 cells, the header has 3. Add the missing cells."),
            id="case_13",
        ),
        pytest.param(
            "Asha,9812345671,1,000",
            ("row_too_long", "has more cells than the header; a comma may be unquoted."),
            id="case_14",
        ),
    ],
)
def test_ragged_row_is_one_error(line: str, found: tuple[str, str]) -> None:
    done = imported(f"Name,Mobile,Amount\n{line}\n")
    assert list(Problem.objects.filter(batch=done.batch).values_list("code", "message")) == [found]


def test_extra_empty_cells_are_dropped_case_15() -> None:
    assert codes(imported("Name,Mobile,Amount\nAsha,9812345671,100,,,\n").batch) == []


def test_comment_line_is_data_case_121() -> None:
    done = imported("Name,Mobile,Amount\n# October,,\n")
    assert [code for _, code in codes(done.batch)] == ["amount_missing", "mobile_missing"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param("Name,Mobile\nAsha,9812345671\n", "Missing column: amount. Found: Name, Mobile.", id="case_22"),
        pytest.param(
            "Name,Mobile,Amount\n", "The file has a header but no rows. Add a row for each person.", id="case_26"
        ),
        pytest.param(
            GOOD + 'Asha,"9812345671,100\n',
            "A quote opened on line 4 is never closed. Nothing after it can be trusted.",
            id="case_10",
        ),
    ],
)
def test_refused_list_stores_its_sentence_and_nothing_else(content: str, sentence: str) -> None:
    done = imported(content)
    assert (done.state, done.error, done.batch.state) == (UploadState.REFUSED, sentence, BatchState.DRAFT)
    assert (Row.objects.count(), Problem.objects.count(), done.batch.row_count) == (0, 0, 0)


def test_list_above_the_points_limit_is_refused_case_85(settings) -> None:
    settings.MAX_POINTS_PER_BATCH = 349
    assert imported(GOOD).error == "The list totals 350 points; the limit is 349. Split the list."


def test_list_above_the_row_limit_is_refused_case_112(settings) -> None:
    settings.MAX_ROWS = 1
    assert imported(GOOD).error == "The list has more than 1 rows. Split it."


def test_missing_columns_can_be_chosen_after_the_refusal() -> None:
    first = imported("Who,Number,How many\nAsha,9812345671,100\n")
    assert (first.state, first.header) == (UploadState.REFUSED, ["Who", "Number", "How many"])
    Batch.objects.update(state=BatchState.CHECKING)
    again = imported(
        "Who,Number,How many\nAsha,9812345671,100\n",
        batch=first.batch,
        mapping_override={"name": 0, "mobile": 1, "amount": 2},
    )
    assert (again.state, again.batch.row_count) == (UploadState.READY, 1)


def test_header_and_samples_are_stored() -> None:
    done = imported("Name;Mobile;Amount;Dept\nAsha;9812345671;100;\nRavi;9812345672;250;HR\n")
    assert (done.header, done.delimiter, done.ignored) == (["Name", "Mobile", "Amount", "Dept"], ";", ["Dept"])
    assert done.sample == [["Asha", "Ravi"], ["9812345671", "9812345672"], ["100", "250"], ["HR"]]


def test_second_delivery_of_the_job_changes_nothing() -> None:
    done = imported(GOOD)
    before = list(Row.objects.values_list("pk", "reference"))
    run_import(done.pk)
    assert list(Row.objects.values_list("pk", "reference")) == before


def test_two_claims_of_one_upload_have_one_winner() -> None:
    waiting = upload(GOOD)
    now = datetime.now(UTC)
    assert [importing.claim_upload(waiting.pk, now=now) is None for _ in range(2)] == [False, True]


def test_silent_reader_is_replaced_and_can_store_nothing_more() -> None:
    waiting = upload(GOOD)
    now = datetime.now(UTC)
    dead = importing.claim_upload(waiting.pk, now=now - timedelta(minutes=5))
    run_import(waiting.pk)
    assert Row.objects.count() == 2
    with pytest.raises(importing.Superseded):
        importing.note_progress(dead, now=now, rows_read=7)


def test_reading_again_after_a_crash_starts_cleanly() -> None:
    waiting = upload(GOOD)
    importing.claim_upload(waiting.pk, now=datetime.now(UTC) - timedelta(minutes=5))
    RowFactory(batch=waiting.batch, number=2)
    run_import(waiting.pk)
    assert list(Row.objects.values_list("number", "name")) == [(2, "Asha"), (3, "Ravi")]


def test_list_that_kills_its_reader_is_given_up() -> None:
    waiting = upload(GOOD, epoch=importing.MAX_TRIES)
    run_import(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (UploadState.REFUSED, importing.GIVEN_UP)


def test_upload_of_a_batch_that_is_not_checked_is_left_alone() -> None:
    waiting = upload(GOOD, batch=BatchFactory(state=BatchState.REVIEW))
    run_import(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, Row.objects.count()) == (UploadState.WAITING, 0)


def test_stored_file_that_is_gone_is_told() -> None:
    waiting = upload(GOOD)
    waiting.file.storage.delete(waiting.file.name)
    run_import(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.error == "The stored file is missing. Upload the list again."


def test_trail_tells_of_the_end() -> None:
    done = imported(GOOD)
    entry = TrailEntry.objects.get(event="list checked")
    assert (entry.object_id, entry.batch_id, entry.data["row_count"]) == (done.pk, done.batch_id, 2)


def test_rows_stored_equal_rows_in_the_file_over_several_blocks() -> None:
    lines = "".join(f"P{n},98{n:08},{n + 1}\n" for n in range(12_001))
    done = imported("Name,Mobile,Amount\n" + lines)
    assert (done.batch.row_count, done.batch.points_total, done.rows_read) == (12_001, 12_001 * 12_002 // 2, 12_001)
    assert Row.objects.values("reference").distinct().count() == 12_001
