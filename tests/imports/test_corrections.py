"""A workbook of the rows with problems, out and back in: nothing changes unseen, and as the corrected file would."""

import io

import pytest
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from allocations.domain.cells import FIELDS, HEADERS
from allocations.domain.corrections import ID, LOCKED, ROW
from allocations.domain.errors import DomainError, InvalidInput, NotAllowed, StateConflict
from allocations.exports.corrections import SHEET, correction_workbook
from allocations.imports.run import run_import
from allocations.models import Correction, Problem, TrailEntry
from allocations.services import corrections
from allocations.services.batches import replace_list
from allocations.services.leaving_out import leave_out_row
from allocations.services.submission import submit_batch
from tests.factories.people import UserFactory, actor, known
from tests.imports.books import book
from tests.imports.correcting import applied, changed, downloaded, lines, proposed, typed
from tests.imports.test_mending import ASHA, HEAD, RAVI, change, fingerprints_hold, state
from tests.imports.test_run import imported

pytestmark = pytest.mark.django_db
MEENA = ",Meena,meena@,9812345673,=1+1,,A-3\n"
NIL = ",,nil@example.com,9812345671,5,,\n"
WIDE = ",Too,many@example.com,9812345674,1,,,,x\n"


@pytest.fixture
def batch():
    """Row 2 and 5 share a mobile; rows 3, 4 and 5 have errors of their own; row 6 does not fit the header."""
    return imported(HEAD + ASHA + RAVI + MEENA + NIL + WIDE).batch


def sheet(content: bytes):
    return load_workbook(io.BytesIO(content))[SHEET]


def test_workbook_has_the_rows_with_problems_errors_first() -> None:
    dummy = ASHA.replace("9812345671", "9999999999")
    warned = imported(HEAD + dummy + RAVI + MEENA).batch
    (_, *rows) = sheet(downloaded(warned)).iter_rows(values_only=True)
    assert [row[1] for row in rows] == ["3", "4", "2"]
    assert rows[0][2].startswith("Error, column “Mobile”: ")
    assert rows[2][2].startswith("Warning, column “Mobile”: ")
    assert rows[0][3:] == (None, "Ravi", "ravi@example.com", "98123 4567", "250", None, "A-2")


def test_row_that_does_not_fit_the_header_and_one_left_out_stay_at_home(batch) -> None:
    leave_out_row(known(batch.uploaded_by), batch_id=batch.pk, number=4)
    (_, *rows) = sheet(downloaded(batch)).iter_rows(values_only=True)
    assert {row[1] for row in rows} == {"2", "3", "5"}


def test_only_what_may_change_is_unlocked_and_everything_is_text(batch) -> None:
    found = sheet(downloaded(batch))
    head, *rows = found.iter_rows()
    assert [cell.value for cell in head] == [*LOCKED, *(HEADERS[field] for field in FIELDS)]
    assert found.protection.sheet
    for row in rows:
        assert [cell.protection.locked for cell in row] == [True] * 3 + [False] * 7
        assert {(cell.number_format, cell.data_type in "sn") for cell in row} == {("@", True)}
    assert [row[7].value for row in rows if row[1].value == "4"] == ["=1+1"]


def test_export_is_in_the_trail_with_count_and_hash(batch) -> None:
    made = correction_workbook(known(batch.uploaded_by), batch_id=batch.pk)
    made.file.close()
    entry = TrailEntry.objects.get(batch=batch, event="batch exported")
    assert (entry.data["kind"], entry.data["rows"], entry.data["sha256"]) == ("correction workbook", 4, made.sha256)


def test_untouched_workbook_changes_nothing(batch) -> None:
    before = state(batch)
    with pytest.raises(InvalidInput, match="changes nothing"):
        proposed(batch, changed(downloaded(batch), lambda _: None))
    assert (state(batch), Correction.objects.exists()) == (before, False)


@pytest.mark.parametrize(
    "text", ["a\rb", "tab\tin", "  spaces ", "_x0041_", "bell\x07", "'quoted", "+91 x", "a\u200bb", '&<>"']
)
def test_odd_text_comes_back_as_it_went_out(text) -> None:
    batch = imported(HEAD + f',Asha,asha@,9812345671,100,"{text.replace(chr(34), chr(34) * 2)}",A-1\n').batch
    with pytest.raises(InvalidInput, match="changes nothing"):
        proposed(batch, downloaded(batch))


@pytest.mark.parametrize("field", ["Mobile", "Name"])
def test_line_break_taken_out_is_a_change(field) -> None:
    batch = imported(HEAD + ',"Asha\nRao",a@example.com,"98123\n45671",x,,A-1\n').batch
    fixed = {"Mobile": "9812345671", "Name": "AshaRao"}[field]
    assert applied(batch, typed(downloaded(batch), {2: {field: fixed}})).cells == 1
    row = batch.rows.get(number=2)
    assert row.edits == {field.lower(): fixed}


CORRECTIONS = {
    3: {"Mobile": "98123 45672", "Amount": "300"},
    4: {"Email": "meena@example.com", "Amount": "1,000", "Name": "Meena Iyer"},
    5: {"Name": "Nil", "Mobile": "9812345675"},
}
CORRECTED = (
    ",Ravi,ravi@example.com,98123 45672,300,,A-2\n"
    ',Meena Iyer,meena@example.com,9812345673,"1,000",,A-3\n'
    ",Nil,nil@example.com,9812345675,5,,\n"
)


def test_applied_workbook_gives_what_the_corrected_file_would_give(batch) -> None:
    done = applied(batch, typed(downloaded(batch), CORRECTIONS))
    after, holds = state(batch), fingerprints_hold(batch)
    assert (done.rows, done.cells, Correction.objects.exists()) == (3, 7, False)
    batch.rows.all().delete()
    assert (after, holds) == (state(imported(HEAD + ASHA + CORRECTED + WIDE).batch), True)


@pytest.mark.parametrize(
    ("texts", "corrected"),
    [
        # Still wrong, wrong in another way, and wrong because of another corrected row.
        ({3: {"Mobile": "98123"}}, [ASHA, RAVI.replace("98123 4567", "98123"), MEENA, NIL]),
        ({3: {"Mobile": "98123 45672", "Amount": "1.5"}}, [ASHA, ",Ravi,ravi@example.com,98123 45672,1.5,,A-2\n", MEENA, NIL]),
        (
            {3: {"Mobile": "9812345679", "Reference": "A-9"}, 4: {"Mobile": "9812345679", "Reference": "a9"}},
            [ASHA, ",Ravi,ravi@example.com,9812345679,250,,A-9\n", MEENA.replace("9812345673", "9812345679").replace("A-3", "a9"), NIL],
        ),
        # The rest of a group loses its problem with the row that leaves it.
        ({2: {"Mobile": "9812345670"}}, [ASHA.replace("9812345671", "9812345670"), RAVI, MEENA, NIL]),
        ({2: {"Email": "nil@example.com"}, 5: {"Email": ""}}, [ASHA.replace("asha@", "nil@"), RAVI, MEENA, NIL.replace("nil@example.com", "")]),
    ],
)  # fmt: skip
def test_what_is_still_wrong_is_kept_with_its_problems_as_in_a_corrected_file(batch, texts, corrected) -> None:
    applied(batch, typed(downloaded(batch), texts))
    after, holds = state(batch), fingerprints_hold(batch)
    batch.rows.all().delete()
    assert (after, holds) == (state(imported(HEAD + "".join(corrected) + WIDE).batch), True)


def test_many_edits_give_what_the_corrected_file_would_give() -> None:
    """Three hundred rows of every kind of trouble, so that the rows of a change have to do with each other."""
    wrong = [
        f",P{n},p{n % 90}@example.com,98123{20_000 + n % 70}{'x' * (n % 3)},{n % 7},,R-{n % 80}\n" for n in range(300)
    ]
    right = [f",P{n},p{n % 100}@example.com,98123{20_000 + n % 140},{n % 7 or 3},,R{n % 150}\n" for n in range(300)]
    batch = imported(HEAD + "".join(wrong)).batch
    texts = {
        n + 2: {"Email": f"p{n % 100}@example.com", "Mobile": f"98123{20_000 + n % 140}", "Amount": str(n % 7 or 3), "Reference": f"R{n % 150}"}
        for n in range(300)
    }  # fmt: skip
    applied(batch, typed(downloaded(batch), texts))
    after, holds = state(batch), fingerprints_hold(batch)
    batch.rows.all().delete()
    assert (after, holds) == (state(imported(HEAD + "".join(right)).batch), True)


def test_each_change_is_an_edit_that_can_be_put_back(batch) -> None:
    untouched = state(batch)
    applied(batch, typed(downloaded(batch), CORRECTIONS))
    row = batch.rows.get(number=3)
    assert (row.edits, row.raw["mobile"]) == ({"mobile": "98123 45672", "amount": "300"}, "98123 4567")
    for number, field in (
        (3, "mobile"),
        (3, "amount"),
        (4, "email"),
        (4, "amount"),
        (4, "name"),
        (5, "name"),
        (5, "mobile"),
    ):
        change(batch, field, None, number=number)
    assert state(batch) == untouched


def test_trail_names_rows_and_columns_once_and_nothing_of_the_people(batch) -> None:
    applied(batch, typed(downloaded(batch), CORRECTIONS))
    entry = TrailEntry.objects.get(batch=batch, event="correction workbook applied")
    assert (entry.actor_id, entry.data) == (
        batch.uploaded_by_id,
        {
            "rows": 3,
            "cells": 7,
            "changed": {"name": [4, 5], "email": [4], "mobile": [3, 5], "amount": [3, 4]},
            "sha256": "ab" * 32,
        },
    )


def test_preview_shows_before_after_and_what_is_wrong_then_and_changes_nothing(batch) -> None:
    before = state(batch)
    found = corrections.preview(proposed(batch, typed(downloaded(batch), {3: {"Mobile": "9812345671"}})))
    (row,) = found.rows
    assert (row.number, row.texts, found.conflicts) == (3, {"mobile": ("98123 4567", "9812345671")}, ())
    assert {one.code for one in row.findings} == {"same_mobile_other_email"}
    assert state(batch) == before


def test_row_that_somebody_changed_meanwhile_is_named_and_nothing_is_applied(batch) -> None:
    content = typed(downloaded(batch), CORRECTIONS)
    waiting = proposed(batch, content)
    change(batch, "amount", "7", number=5)
    before = state(batch)
    assert corrections.preview(waiting).conflicts == (5,)
    with pytest.raises(StateConflict, match="Row 5 was changed or left out since"):
        corrections.apply_correction(known(batch.uploaded_by), batch_id=batch.pk, correction_id=waiting.pk)
    with pytest.raises(StateConflict, match="Row 5 was changed or left out since"):
        proposed(batch, content)
    assert state(batch) == before
    without = changed(content, lambda sheet: sheet.delete_rows(next(c.row for c in sheet["B"] if c.value == "5")))
    assert applied(batch, without).rows == 2


def test_row_left_out_meanwhile_is_a_conflict_only_where_it_would_change(batch) -> None:
    content = downloaded(batch)
    leave_out_row(known(batch.uploaded_by), batch_id=batch.pk, number=5)
    with pytest.raises(StateConflict, match="Row 5 was changed or left out"):
        proposed(batch, typed(content, {5: {"Name": "Nil"}}))
    assert applied(batch, typed(content, {3: {"Mobile": "9812345672"}})).rows == 1


def test_list_read_anew_and_a_submitted_one_refuse_the_old_workbook(batch) -> None:
    content = typed(downloaded(batch), CORRECTIONS)
    waiting = proposed(batch, content)
    again = imported(HEAD + ASHA + RAVI.replace("98123 4567", "9812345672"), batch=_checking(batch)).batch
    maker = known(batch.uploaded_by)
    with pytest.raises(StateConflict, match="The list was read anew"):
        proposed(again, content)
    with pytest.raises(StateConflict, match="since the workbook was downloaded"):
        corrections.apply_correction(maker, batch_id=batch.pk, correction_id=waiting.pk)
    submit_batch(maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match="submitted"):
        corrections.apply_correction(maker, batch_id=batch.pk, correction_id=waiting.pk)
    assert not Correction.objects.exists()


def test_another_list_takes_waiting_workbooks_with_it(batch) -> None:
    waiting = proposed(batch, typed(downloaded(batch), CORRECTIONS))
    maker = known(batch.uploaded_by)
    other = ContentFile((HEAD + ASHA).encode(), name="other.csv")
    replace_list(maker, batch_id=batch.pk, file_name="other.csv", content=other, kind="file")
    assert not Correction.objects.exists()
    run_import(batch.uploads.first().pk)
    with pytest.raises(StateConflict, match="the list was read anew"):
        corrections.apply_correction(maker, batch_id=batch.pk, correction_id=waiting.pk)


def _checking(batch):
    batch.state = "checking"
    batch.save()
    return batch


def test_second_click_and_another_workbook_in_between_are_told(batch) -> None:
    maker = known(batch.uploaded_by)
    first = proposed(batch, typed(downloaded(batch), CORRECTIONS))
    second = proposed(batch, typed(downloaded(batch), {3: {"Mobile": "9812345672"}}))
    with pytest.raises(StateConflict, match="replaced by another one meanwhile"):
        corrections.apply_correction(maker, batch_id=batch.pk, correction_id=first.pk)
    corrections.apply_correction(maker, batch_id=batch.pk, correction_id=second.pk)
    with pytest.raises(StateConflict, match="applied, given up"):
        corrections.apply_correction(maker, batch_id=batch.pk, correction_id=second.pk)


def test_only_makers_take_rows_out_and_bring_them_back(batch) -> None:
    content = typed(downloaded(batch), CORRECTIONS)
    for other in (actor("admin"), actor("approver"), actor("auditor"), actor("owner")):
        with pytest.raises(NotAllowed):
            correction_workbook(other, batch_id=batch.pk)
        with pytest.raises(NotAllowed):
            proposed(batch, content, by=other)
    editor = known(UserFactory(roles=("admin",)))
    change(batch, "amount", "200", number=3, by=editor)
    assert applied(batch, typed(downloaded(batch, by=editor), {3: {"Mobile": "9812345672"}}), by=editor).cells == 1


def cell(place, value):
    return lambda sheet: sheet.__setitem__(place, value)


def add_line(sheet) -> None:
    sheet.append([None, None, None, None, "Nova", None, "9812345699", "5"])


def copy_line(sheet) -> None:
    sheet.append([cell.value for cell in sheet[2]])


def other_number(sheet) -> None:
    sheet["A2"] = sheet["A2"].value.replace("-R", "-R9")


def other_row(sheet) -> None:
    sheet["A2"] = sheet["A2"].value.replace("R2-", "R3-")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda sheet: sheet.delete_cols(1), f"no column of it is called “{ID}”"),
        (lambda sheet: sheet.delete_cols(2), f"The column “{ROW}” is missing"),
        (lambda sheet: sheet.delete_cols(9), "The column “Remarks” is missing"),
        (cell("I1", "Name"), "The column “Name” occurs twice"),
        (lambda sheet: sheet.delete_rows(2, 20), "The workbook has no rows any more"),
        (add_line, "Line 6 has no id. Rows cannot be added"),
        (copy_line, "Lines 2 and 6 have the same id, that of row "),
        (cell("A3", "hello"), "Line 3: the id was changed"),
        (cell("A3", 12), "Line 3: the id was changed"),
        (other_number, "the list has no row 9"),
        (cell("B2", "99"), "Line 2: the id, or what stands in the locked columns beside it, was changed"),
        (cell("C4", "All is well."), "Line 4: the id, or what stands in the locked columns"),
        (cell("G2", "=1+1"), "Line 2, column “Mobile”, contains a formula. Paste values only."),
        (cell("E3", True), "Line 3, column “Name”, contains TRUE or FALSE"),
        (lambda sheet: sheet.merge_cells("E2:E3"), "column “Name”, is part of a merged cell"),
        (cell("E3", "As_x0000_ha"), "Line 3, column “Name”, contains a NUL character. Type the text again."),
        (cell("I2", "x" * 1001), "Line 2, column “Remarks”, is longer than 1,000 characters"),
    ],
)
def test_refused_workbook_says_why_and_stores_nothing(batch, change, sentence) -> None:
    before = state(batch)
    with pytest.raises(DomainError) as refused:
        proposed(batch, changed(typed(downloaded(batch), {3: {"Mobile": "9812345672"}}), change))
    assert sentence in refused.value.sentence
    assert (state(batch), Correction.objects.exists()) == (before, False)


def test_workbook_of_another_batch_is_refused(batch) -> None:
    other = imported(HEAD + RAVI).batch
    with pytest.raises(InvalidInput, match=f"This workbook is of batch {other.pk}"):
        proposed(batch, downloaded(other))


def test_list_of_people_is_no_correction_workbook(batch, tmp_path) -> None:
    content = book(tmp_path / "list.xlsx", ["Asha", "9812345671", 5]).read_bytes()
    with pytest.raises(InvalidInput, match="This is no correction workbook"):
        lines(content)


def test_moved_and_added_columns_are_read_by_their_names(batch) -> None:
    def move(sheet) -> None:
        sheet.insert_cols(1)
        sheet["A1"], sheet["A2"] = "My notes", "ask her"

    content = changed(typed(downloaded(batch), {3: {"Mobile": "9812345672"}}), move)
    assert (applied(batch, content).cells, Problem.objects.filter(batch=batch, number=3).exists()) == (1, False)


def test_number_of_a_spreadsheet_is_read_as_its_figures(batch) -> None:
    applied(batch, typed(downloaded(batch), {3: {"Mobile": 9812345672, "Amount": 300}}))
    row = batch.rows.get(number=3)
    assert (row.mobile, row.amount, row.edits) == ("9812345672", 300, {"mobile": "9812345672", "amount": "300"})
