"""A list whose cells are mended in the portal is the list that a corrected file would have given."""

import pytest
from django.test import override_settings

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.manifest import payload_hash
from allocations.models import Problem, Row, TrailEntry
from allocations.services import leaving_out
from allocations.services.approval import approve_batch
from allocations.services.leaving_out import leave_out_row, take_back_row
from allocations.services.mending import fingerprint, mend_cell, put_back_cell
from allocations.services.planning import payload_of
from allocations.services.submission import submit_batch
from tests.factories.people import UserFactory, actor, known
from tests.imports.test_run import imported

pytestmark = pytest.mark.django_db
HEAD = "Title,Name,Email,Mobile,Amount,Remarks,Reference\n"
ASHA = ",Asha,asha@example.com,9812345671,100,,A-1\n"
RAVI = ",Ravi,ravi@example.com,98123 4567,250,,A-2\n"


def state(batch):
    """Everything that an import decides about a batch, without the ids it gives."""
    batch.refresh_from_db()
    rows = Row.objects.filter(batch=batch).order_by("number")
    values = ("number", "title", "name", "email", "mobile", "amount", "remarks", "client_reference")
    found = Problem.objects.filter(batch=batch).order_by("number", "field", "code", "message")
    return {
        "rows": list(rows.values_list(*values, "error_count", "warning_count")),
        "problems": list(found.values_list("number", "field", "code", "severity", "found", "message")),
        "counts": (batch.row_count, batch.error_rows, batch.warning_rows, batch.points_total),
    }


def fingerprints_hold(batch):
    rows = Row.objects.filter(batch=batch)
    return [row.payload_hash for row in rows] == [
        "" if row.error_count else payload_hash(payload_of(row)) for row in rows
    ]


def change(batch, field, text, *, number=3, by=None):
    who = by or known(batch.uploaded_by)
    seen = fingerprint(batch.rows.get(number=number), field)
    if text is None:
        put_back_cell(who, batch_id=batch.pk, number=number, field=field, seen=seen)
    else:
        mend_cell(who, batch_id=batch.pk, number=number, field=field, text=text, seen=seen)


@pytest.mark.parametrize(
    ("rows", "field", "text", "corrected"),
    [
        (ASHA + RAVI, "mobile", "98123 45672", ",Ravi,ravi@example.com,98123 45672,250,,A-2\n"),
        (ASHA + RAVI, "mobile", "9812345671", ",Ravi,ravi@example.com,9812345671,250,,A-2\n"),
        (ASHA + ASHA, "mobile", "9812345672", ",Asha,asha@example.com,9812345672,100,,A-1\n"),
        (ASHA + ASHA, "amount", "70", ",Asha,asha@example.com,9812345671,70,,A-1\n"),
        (ASHA + ASHA, "name", "Ashok", ",Ashok,asha@example.com,9812345671,100,,A-1\n"),
        (ASHA + ASHA, "email", "ASHA@example.com", ",Asha,ASHA@example.com,9812345671,100,,A-1\n"),
        (ASHA + ASHA, "email", "other@example.com", ",Asha,other@example.com,9812345671,100,,A-1\n"),
        (ASHA + ASHA, "client_reference", "a1", ",Asha,asha@example.com,9812345671,100,,a1\n"),
        (ASHA + ASHA, "client_reference", "A-2", ",Asha,asha@example.com,9812345671,100,,A-2\n"),
        (ASHA + ASHA, "client_reference", "", ",Asha,asha@example.com,9812345671,100,,\n"),
        (ASHA + RAVI, "title", "MR.", "MR.,Ravi,ravi@example.com,98123 4567,250,,A-2\n"),
        (ASHA + ASHA + ASHA, "mobile", "9812345672", ",Asha,asha@example.com,9812345672,100,,A-1\n"),
        (ASHA + ",Total,,,100,,\n", "mobile", "9812345679", ",Total,,9812345679,100,,\n"),
    ],
)
def test_mended_cell_gives_what_the_corrected_file_would_give(rows, field, text, corrected) -> None:
    batch = imported(HEAD + rows).batch
    first, _, *rest = rows.splitlines(keepends=True)
    untouched = state(batch)
    change(batch, field, text)
    after, holds = state(batch), fingerprints_hold(batch)
    change(batch, field, None)
    assert (state(batch), fingerprints_hold(batch)) == (untouched, True)
    batch.rows.all().delete()
    assert (after, holds) == (state(imported(HEAD + first + corrected + "".join(rest)).batch), True)


def test_what_the_file_had_stays_until_it_is_put_back() -> None:
    batch = imported(HEAD + ASHA + RAVI).batch
    change(batch, "mobile", "98123 45672")
    change(batch, "amount", "300")
    row = batch.rows.get(number=3)
    assert row.raw == {"mobile": "98123 4567", "amount": "250"}
    assert row.edits == {"mobile": "98123 45672", "amount": "300"}
    change(batch, "amount", "250")
    change(batch, "mobile", None)
    row.refresh_from_db()
    assert (row.raw, row.edits, row.amount) == ({"mobile": "98123 4567"}, None, 250)


def test_trail_tells_who_changed_which_cell_and_nothing_of_the_person() -> None:
    batch = imported(HEAD + ASHA + RAVI).batch
    change(batch, "mobile", "98123 45672")
    change(batch, "mobile", None)
    entries = TrailEntry.objects.filter(batch=batch, object_type="row").order_by("pk")
    assert [(one.event, one.actor_id, one.data) for one in entries] == [
        (event, batch.uploaded_by_id, {"number": 3, "field": "mobile"}) for event in ("cell mended", "cell put back")
    ]


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("mobile", "98123", "Not stored: what you typed "),
        ("amount", "-5", "Not stored: what you typed "),
        ("name", "", "Not stored: what you typed is empty"),
        ("name", "Ravi", "Nothing was changed"),
        ("salary", "5", "There is no such cell in row 3"),
    ],
)
def test_text_that_the_import_would_refuse_is_not_stored(field, text, sentence) -> None:
    batch = imported(HEAD + ASHA + RAVI).batch
    before, seen = state(batch), fingerprint(batch.rows.get(number=3), field) if field != "salary" else ""
    with pytest.raises(InvalidInput, match=f"^{sentence}"):
        mend_cell(known(batch.uploaded_by), batch_id=batch.pk, number=3, field=field, text=text, seen=seen)
    assert state(batch) == before


def test_later_one_of_two_is_told() -> None:
    batch = imported(HEAD + ASHA + RAVI).batch
    seen = fingerprint(batch.rows.get(number=3), "mobile")
    change(batch, "mobile", "9812345672")
    with pytest.raises(StateConflict, match="changed by somebody else"):
        mend_cell(actor("admin"), batch_id=batch.pk, number=3, field="mobile", text="9812345673", seen=seen)
    assert batch.rows.get(number=3).mobile == "9812345672"


def test_left_out_ragged_and_missing_rows_are_not_mended() -> None:
    batch = imported(HEAD + ASHA + ",Ravi,ravi@example.com\n" + ASHA).batch
    leave_out_row(known(batch.uploaded_by), batch_id=batch.pk, number=4)
    with pytest.raises(StateConflict, match="Take it back"):
        change(batch, "name", "Asha Rao", number=4)
    with pytest.raises(InvalidInput, match="does not fit the header"):
        change(batch, "mobile", "9812345672")
    with pytest.raises(InvalidInput, match="no such cell"):
        mend_cell(known(batch.uploaded_by), batch_id=batch.pk, number=9, field="name", text="A", seen="")


def test_editor_cannot_approve_and_a_submitted_list_cannot_be_changed() -> None:
    batch = imported(HEAD + ASHA + RAVI).batch
    editor = UserFactory(roles=("admin", "approver"))
    change(batch, "mobile", "9812345672", by=known(editor))
    submitted = submit_batch(known(batch.uploaded_by), batch_id=batch.pk)
    with pytest.raises(NotAllowed, match="made or changed this batch"):
        approve_batch(known(editor), batch_id=batch.pk, version=submitted.version, digest=submitted.digest)
    with pytest.raises(StateConflict, match="submitted"):
        change(batch, "mobile", "9812345673")


def test_reference_of_an_earlier_batch_and_an_approvers_address_are_found() -> None:
    old = imported(HEAD + ASHA).batch
    UserFactory(roles=("approver",), email="boss@example.com")
    batch = imported(HEAD + RAVI + RAVI.replace("A-2", "A-3")).batch
    change(batch, "client_reference", "A-1")
    change(batch, "email", "boss@example.com")
    found = dict(Problem.objects.filter(batch=batch, number=3).values_list("code", "message"))
    assert f"already used in batch {old.pk}, row 2" in found["reference_used_before"]
    assert "person_of_the_portal" in found


def test_number_that_excel_may_have_rounded_is_odd_only_as_the_file_had_it() -> None:
    batch = imported(HEAD + ASHA + RAVI.replace("98123 4567", "9812340000")).batch
    change(batch, "mobile", "98765 40000")
    assert not Problem.objects.filter(batch=batch, code="mobile_rounded").exists()
    change(batch, "mobile", None)
    assert Problem.objects.get(batch=batch, code="mobile_rounded").number == 3


def test_rare_round_number_is_nothing_odd() -> None:
    people = "".join(f",P,p{n}@example.com,98123{n:05},5,,\n" for n in range(20_010, 20_060))
    batch = imported(HEAD + people + RAVI.replace("98123 4567", "9812340000")).batch
    change(batch, "name", "Ravi Rao", number=52)
    assert not Problem.objects.filter(batch=batch, code="mobile_rounded").exists()


@override_settings(MAX_POINTS_PER_BATCH=400)
def test_total_stays_within_the_limit_of_a_batch() -> None:
    batch = imported(HEAD + ASHA + RAVI.replace("98123 4567", "9812345672")).batch
    with pytest.raises(InvalidInput, match="the limit is 400"):
        change(batch, "amount", "301")
    assert batch.rows.get(number=3).amount == 250


@pytest.mark.parametrize("other", [ASHA, ASHA.replace("100", "70"), RAVI.replace("98123 4567", "9812345671"), RAVI])
def test_rows_left_out_have_nothing_to_do_with_others_until_they_are_back(other) -> None:
    batch = imported(HEAD + ASHA + other + ASHA.replace("A-1", "A-3")).batch
    maker, untouched = known(batch.uploaded_by), state(batch)
    leave_out_row(maker, batch_id=batch.pk, number=3)
    after, holds = state(batch), fingerprints_hold(batch)
    take_back_row(maker, batch_id=batch.pk, number=3)
    assert (state(batch), fingerprints_hold(batch)) == (untouched, True)
    batch.rows.all().delete()
    alone = state(imported(HEAD + ASHA + "\n" + ASHA.replace("A-1", "A-3")).batch)
    kept = [[one for one in found["problems"] if one[0] != 3] for found in (after, alone)]
    assert (kept[0], holds) == (kept[1], True)


def test_row_that_comes_back_meets_what_was_changed_meanwhile() -> None:
    batch = imported(HEAD + ASHA + RAVI.replace("98123 4567", "9812345672")).batch
    maker = known(batch.uploaded_by)
    leave_out_row(maker, batch_id=batch.pk, number=2)
    change(batch, "mobile", "9812345671")
    assert not Problem.objects.filter(batch=batch, number=3).exists()
    take_back_row(maker, batch_id=batch.pk, number=2)
    found = set(Problem.objects.filter(batch=batch).values_list("number", "code"))
    assert found == {(2, "same_mobile_other_email"), (3, "same_mobile_other_email")}
    batch.refresh_from_db()
    assert (batch.error_rows, batch.points_total) == (2, 0)


def test_row_that_shares_with_too_many_to_be_looked_at_leaves_them_as_they_were(monkeypatch) -> None:
    monkeypatch.setattr(leaving_out, "_MOST_LOOKED_AROUND", 2)
    batch = imported(HEAD + ASHA + ASHA.replace("A-1", "A-2") + ASHA.replace("A-1", "A-3") + ASHA).batch
    untouched = state(batch)["problems"]
    leave_out_row(known(batch.uploaded_by), batch_id=batch.pk, number=5)
    assert state(batch)["problems"] == untouched
