"""Many rows repaired at once: what was shown and nothing else, told in one entry, undone as a whole."""

import pytest
from django.core.files.base import ContentFile
from django.test import override_settings

from allocations.domain.cells import FIELDS
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.repairs import Kind
from allocations.models import Repair, TrailEntry
from allocations.selectors.passports import passport_of
from allocations.services import repairs
from allocations.services.batches import replace_list
from allocations.services.leaving_out import leave_out_row, take_back_row
from allocations.services.submission import submit_batch
from tests.factories.accepting import accept_all
from tests.factories.people import actor, known
from tests.imports.test_mending import ASHA, HEAD, RAVI, change, fingerprints_hold, state
from tests.imports.test_run import imported

pytestmark = pytest.mark.django_db
TWICE, OTHER = "same_person_and_amount", "same_person_other_amount"
DR = "Dr,Meena,meena@example.com,9812345673,100,,\n"
PROF = "Prof,Nila,nila@example.com,9812345674,100,,\n"
PLAIN = ASHA.replace("A-1", "")


def apply(batch, kind, code, *, by=None):
    plan = repairs.plan_repair(batch.pk, kind=kind, code=code)
    return repairs.repair(by or known(batch.uploaded_by), batch_id=batch.pk, kind=kind, code=code, seal=plan.seal)


def undo(batch, *, by=None):
    record = Repair.objects.get(batch=batch)
    return repairs.undo_repair(by or known(batch.uploaded_by), batch_id=batch.pk, repair_id=record.pk)


def sent(batch):
    """What would be sent, and what is found about it."""
    rows = batch.rows.filter(state="pending").order_by("number")
    return list(rows.values_list(*FIELDS, "error_count", "warning_count"))


CASES = [
    (DR + PROF + ASHA, Kind.EMPTY, "title_unknown", DR[2:] + PROF[4:] + ASHA, 2),
    (PLAIN + RAVI + PLAIN, Kind.KEEP_FIRST, TWICE, PLAIN + RAVI, 1),
    (ASHA + ASHA + ASHA, Kind.KEEP_FIRST, TWICE, ASHA, 2),
    (PLAIN + PLAIN.replace("100", "70"), Kind.SUM, OTHER, PLAIN.replace("100", "170"), 2),
    (PLAIN + RAVI + PLAIN + PLAIN, Kind.SUM, TWICE, PLAIN.replace("100", "300") + RAVI, 3),
]


@pytest.mark.parametrize(("rows", "kind", "code", "corrected", "touched"), CASES)
def test_repaired_list_is_the_corrected_file_and_undone_the_first_one(rows, kind, code, corrected, touched) -> None:
    batch = imported(HEAD + rows).batch
    before = state(batch)
    assert apply(batch, kind, code).touched == touched
    batch.refresh_from_db()
    after, holds = (sent(batch), batch.points_total, batch.error_rows), fingerprints_hold(batch)
    undone = undo(batch)
    assert (undone.rows, undone.kept, state(batch), fingerprints_hold(batch)) == (touched, 0, before, True)
    batch.rows.all().delete()
    alone = imported(HEAD + corrected).batch
    assert (after, holds) == ((sent(alone), alone.points_total, alone.error_rows), True)


def test_nothing_that_would_be_sent_changes_by_emptying_and_the_file_stays_visible() -> None:
    batch = imported(HEAD + DR + ASHA).batch
    values = list(batch.rows.order_by("number").values_list("title", "name", "email", "mobile", "amount"))
    apply(batch, Kind.EMPTY, "title_unknown")
    assert list(batch.rows.order_by("number").values_list("title", "name", "email", "mobile", "amount")) == values
    row = batch.rows.get(number=2)
    assert (row.raw, row.edits, row.error_count) == ({"title": "Dr"}, {"title": ""}, 0)


def test_one_entry_tells_kind_cause_rows_and_columns_and_no_text() -> None:
    batch = imported(HEAD + DR + PROF).batch
    apply(batch, Kind.EMPTY, "title_unknown")
    undo(batch)
    entries = TrailEntry.objects.filter(batch=batch, event__in=("rows repaired", "repair undone")).order_by("pk")
    assert [(one.event, one.actor_id) for one in entries] == [
        (event, batch.uploaded_by_id) for event in ("rows repaired", "repair undone")
    ]
    for one in entries:
        kept = {name: one.data[name] for name in ("kind", "cause", "rows", "changed", "left_out")}
        assert kept == {
            "kind": "empty",
            "cause": "title_unknown",
            "rows": 2,
            "changed": {"title": [2, 3]},
            "left_out": [],
        }
    assert [one.fields for one in passport_of(batch.pk, 3).by_hand] == [("title",), ("title",)]


def test_what_was_not_shown_is_not_repaired() -> None:
    batch = imported(HEAD + PLAIN + PLAIN + RAVI).batch
    plan = repairs.plan_repair(batch.pk, kind=Kind.SUM, code=TWICE)
    change(batch, "remarks", "Diwali", number=2)
    before = state(batch)
    with pytest.raises(StateConflict, match="changed since this was shown"):
        repairs.repair(known(batch.uploaded_by), batch_id=batch.pk, kind=Kind.SUM, code=TWICE, seal=plan.seal)
    assert (state(batch), Repair.objects.exists()) == (before, False)


def test_a_second_click_repairs_nothing_more() -> None:
    batch = imported(HEAD + DR).batch
    seal = repairs.plan_repair(batch.pk, kind=Kind.EMPTY, code="title_unknown").seal
    apply(batch, Kind.EMPTY, "title_unknown")
    with pytest.raises(StateConflict):
        repairs.repair(known(batch.uploaded_by), batch_id=batch.pk, kind=Kind.EMPTY, code="title_unknown", seal=seal)
    undo(batch)
    with pytest.raises(StateConflict, match="undone meanwhile"):
        repairs.undo_repair(known(batch.uploaded_by), batch_id=batch.pk, repair_id=1)


def test_undoing_keeps_what_people_changed_since() -> None:
    batch = imported(HEAD + DR + PROF).batch
    apply(batch, Kind.EMPTY, "title_unknown")
    change(batch, "title", "Ms", number=2)
    undone = undo(batch)
    assert (undone.rows, undone.kept) == (1, 1)
    assert [row.title for row in batch.rows.order_by("number")] == ["Ms", ""]
    assert batch.rows.get(number=3).error_count == 1


@pytest.mark.parametrize("then", ["changed", "taken back", "left out"])
def test_undoing_gives_nobody_points_twice(then) -> None:
    batch = imported(HEAD + PLAIN + PLAIN.replace("100", "70") + RAVI.replace("98123 4567", "9812345679")).batch
    maker = known(batch.uploaded_by)
    apply(batch, Kind.SUM, OTHER)
    if then == "changed":
        change(batch, "amount", "180", number=2)
    elif then == "taken back":
        take_back_row(maker, batch_id=batch.pk, number=3)
    else:
        leave_out_row(maker, batch_id=batch.pk, number=2)
    before = state(batch)
    undone = undo(batch)
    assert (undone.rows, undone.kept, state(batch)) == (0, 2, before)


def test_what_was_typed_before_a_repair_comes_back() -> None:
    batch = imported(HEAD + PLAIN + PLAIN.replace("100", "70")).batch
    change(batch, "amount", "30", number=2)
    apply(batch, Kind.SUM, OTHER)
    assert batch.rows.get(number=2).amount == 100
    undo(batch)
    row = batch.rows.get(number=2)
    assert (row.amount, row.edits, row.raw) == (30, {"amount": "30"}, {"amount": "100"})


@override_settings(MAX_POINTS_PER_ROW=150)
def test_no_sum_above_the_limit_of_a_row() -> None:
    batch = imported(HEAD + PLAIN + PLAIN.replace("100", "70")).batch
    assert repairs.plan_repair(batch.pk, kind=Kind.SUM, code=OTHER).steps == ()
    with pytest.raises(StateConflict):
        apply(batch, Kind.SUM, OTHER)


def test_more_rows_than_one_can_look_at_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(repairs, "MOST_ROWS", 1)
    batch = imported(HEAD + DR + PROF).batch
    with pytest.raises(InvalidInput, match="More than 1 rows have this problem"):
        repairs.plan_repair(batch.pk, kind=Kind.EMPTY, code="title_unknown")


def test_one_row_that_shares_a_person_with_very_many_is_refused_too(monkeypatch) -> None:
    monkeypatch.setattr(repairs, "MOST_ROWS", 1)
    batch = imported(HEAD + PLAIN + PLAIN + PLAIN.replace("100", "70")).batch
    with pytest.raises(InvalidInput, match="or share a person with one"):
        repairs.plan_repair(batch.pk, kind=Kind.SUM, code=OTHER)


def test_accepted_warnings_do_not_cover_the_repaired_rows() -> None:
    batch = imported(HEAD + PLAIN + PLAIN.replace("100", "70") + PLAIN.replace("Asha", "Asha Rao")).batch
    maker = known(batch.uploaded_by)
    accept_all(maker, batch.pk)
    leave_out_row(maker, batch_id=batch.pk, number=4)
    apply(batch, Kind.SUM, OTHER)
    undo(batch)
    with pytest.raises(InvalidInput, match="not accepted yet"):
        submit_batch(maker, batch_id=batch.pk)


def test_only_makers_repair_and_only_before_submission() -> None:
    batch = imported(HEAD + DR + ASHA).batch
    with pytest.raises(NotAllowed):
        apply(batch, Kind.EMPTY, "title_unknown", by=actor("approver"))
    apply(batch, Kind.EMPTY, "title_unknown")
    with pytest.raises(NotAllowed):
        undo(batch, by=actor("auditor"))
    submit_batch(known(batch.uploaded_by), batch_id=batch.pk)
    with pytest.raises(StateConflict, match="submitted"):
        undo(batch)


def test_another_list_ends_what_could_be_undone() -> None:
    batch = imported(HEAD + DR).batch
    apply(batch, Kind.EMPTY, "title_unknown")
    replace_list(
        known(batch.uploaded_by),
        batch_id=batch.pk,
        file_name="a.csv",
        content=ContentFile((HEAD + ASHA).encode()),
        kind="file",
    )
    assert not Repair.objects.exists()
