"""A batch that came back with a backup keeps its references: they are all that EnKash could recognise it by."""

from collections.abc import Callable
from functools import partial

import pytest
from django.core.files.base import ContentFile

from allocations.domain.errors import StateConflict
from allocations.domain.states import RowState
from allocations.models import Batch, Replacement, Row, TrailEntry, Upload
from allocations.selectors.accepting import to_be_seen
from allocations.services import batches, emptying, importing, leaving_out, recovering, replacing
from allocations.services.approval import approve_batch, send_back_batch
from allocations.services.submission import submit_batch, withdraw_batch
from tests.factories.lists import BatchFactory, RowFactory, UploadFactory
from tests.services.conftest import Portal
from tests.services.test_restoring import Backup, begin, bulk_calls, finish

pytestmark = pytest.mark.django_db(transaction=True)

CSV = b"Name,Mobile,Amount\nAsha,9812345671,100\n"
COMPARED = "Asha and Ravi compared the statement of 11 Nov."
Door = Callable[[Portal, Batch], object]


def upload_again(portal: Portal, batch: Batch) -> Upload:
    content = ContentFile(CSV)
    return batches.replace_list(portal.maker, batch_id=batch.pk, file_name="a.csv", content=content, kind="file")


def map_again(portal: Portal, batch: Batch) -> Upload:
    return batches.map_columns(portal.maker, batch_id=batch.pk, mapping={"name": 0, "mobile": 1, "amount": 2})


def leave_out(portal: Portal, batch: Batch) -> None:
    leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=3)


DOORS = [upload_again, map_again, leave_out]


def references() -> list[tuple[str, str]]:
    return list(Row.objects.order_by("number").values_list("reference", "state"))


def recovery(portal: Portal, *, over: bool) -> None:
    """Begun a minute from now and, if so wished, looked through to its end."""
    portal.clock.forward(minutes=1)
    begin(portal)
    if over:
        portal.clock.forward(minutes=21)
        assert recovering.end_if_done(gateway=portal.gateway)


def approved(portal: Portal, batch: Batch):
    sent = submit_batch(portal.maker, batch_id=batch.pk)
    return approve_batch(
        portal.approver, batch_id=batch.pk, version=sent.version, digest=sent.digest, seen=to_be_seen(sent)
    )


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("over", [False, True])
def test_rows_of_a_restored_batch_keep_their_references(portal: Portal, door: Door, over: bool) -> None:
    batch = portal.review_batch(rows=2)
    kept = references()
    recovery(portal, over=over)
    with pytest.raises(StateConflict, match=r"^Batch \d+ came back with a backup.* Submit the batch as it is"):
        door(portal, batch)
    assert (references(), Batch.objects.get().state) == (kept, "review")


@pytest.mark.parametrize("door", DOORS)
def test_in_ordinary_times_a_batch_can_be_changed(portal: Portal, door: Door) -> None:
    door(portal, portal.review_batch(rows=2))


def test_a_batch_that_was_sent_in_the_lost_life_is_recognised_and_not_paid_again(
    portal: Portal, backup: Backup
) -> None:
    batch = portal.review_batch(rows=4)
    restore = backup()
    portal.drain(approved(portal, batch))
    assert len(portal.ledger()) == 4
    restore()
    recovery(portal, over=True)
    for door in DOORS:
        with pytest.raises(StateConflict):
            door(portal, batch)
    run = approved(portal, batch)
    finish(portal, run)
    assert (run.state, bulk_calls(portal)) == ("settled", 2)


def withdrawn(portal: Portal, batch: Batch) -> None:
    withdraw_batch(portal.maker, batch_id=batch.pk)


def sent_back(portal: Portal, batch: Batch) -> None:
    send_back_batch(
        portal.approver, batch_id=batch.pk, version=batch.version, digest=batch.digest, reason="Not this month."
    )


@pytest.mark.parametrize("returned", [withdrawn, sent_back])
@pytest.mark.parametrize("door", DOORS)
def test_the_way_back_from_a_submission_opens_no_door(portal: Portal, returned: Door, door: Door) -> None:
    batch = submit_batch(portal.maker, batch_id=portal.review_batch(rows=2).pk)
    kept = references()
    recovery(portal, over=True)
    returned(portal, batch)
    with pytest.raises(StateConflict, match="came back with a backup"):
        door(portal, batch)
    assert references() == kept
    run = approved(portal, batch)
    assert portal.drain(run).chunks.filter(pending=0).count() == 1


def test_rows_with_errors_were_never_sent_and_can_be_left_out(portal: Portal) -> None:
    """Otherwise the batch could not be submitted as it is."""
    batch = portal.review_batch(rows=3)
    Row.objects.filter(number=2).update(error_count=1, payload_hash="")
    recovery(portal, over=True)
    assert leaving_out.leave_out_problem_rows(portal.maker, batch_id=batch.pk) == 1
    leaving_out.take_back_row(portal.maker, batch_id=batch.pk, number=2)
    leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=2)
    assert submit_batch(portal.maker, batch_id=batch.pk).state == "submitted"


def test_a_list_that_came_after_the_restore_can_be_changed(portal: Portal) -> None:
    """Also while the portal recovers, and also in a batch that had no rows then."""
    batch = BatchFactory(account=portal.account)
    UploadFactory(batch=batch, state="refused")
    portal.clock.now = batch.created_at
    recovery_began = portal.clock()
    begin(portal)
    assert upload_again(portal, batch).uploaded_at > recovery_began
    Batch.objects.update(state="review")
    RowFactory(batch=batch)
    leave_out(portal, batch)
    portal.clock.forward(minutes=21)
    assert recovering.end_if_done(gateway=portal.gateway)
    assert upload_again(portal, batch)


@pytest.mark.parametrize("state", ["waiting", "reading", "checking"])
def test_a_list_that_was_being_read_is_not_read_anew_by_itself(portal: Portal, state: str) -> None:
    """Its reading went on in the lost life: the rows that are here may have been sent under their references."""
    batch = BatchFactory(account=portal.account, state="checking")
    upload = UploadFactory(batch=batch, state=state, seen_at=portal.clock())
    RowFactory.create_batch(2, batch=batch)
    kept = references()
    recovery(portal, over=True)
    portal.clock.forward(minutes=2)
    assert importing.claim_upload(upload.pk, now=portal.clock()) is None
    upload.refresh_from_db()
    batch.refresh_from_db()
    assert (upload.state, batch.state, batch.row_count, references()) == ("refused", "draft", 2, kept)
    assert upload.error.startswith("This list was still being read when the backup was made")
    with pytest.raises(StateConflict, match="To begin anew, compare EnKash's statement"):
        upload_again(portal, batch)


def test_a_list_accepted_just_before_the_recovery_began_takes_no_rows_away(portal: Portal) -> None:
    batch = portal.review_batch(rows=2)
    kept = references()
    upload = upload_again(portal, batch)
    recovery(portal, over=False)
    assert importing.claim_upload(upload.pk, now=portal.clock()) is None
    assert references() == kept


def replacement(portal: Portal) -> Batch:
    batch = portal.review_batch(rows=1)
    old = RowFactory(state="failed", batch=BatchFactory(account=portal.account))
    new, now = batch.rows.get(), portal.clock()
    Replacement.objects.create(row=new, replaces=old, looked_up_at=now, made_by_id=portal.maker.id)
    return batch


def test_a_replacement_cannot_be_given_up(portal: Portal) -> None:
    batch = replacement(portal)
    give_up = partial(replacing.give_up_replacement, portal.maker, batch_id=batch.pk)
    recovery(portal, over=True)
    with pytest.raises(StateConflict, match="came back with a backup"):
        give_up()
    assert batch.rows.exists()
    recovering.end_by_person(now=portal.clock(), why=COMPARED)
    give_up()
    assert not batch.rows.exists()


@pytest.mark.parametrize("state", ["draft", "review"])
def test_rows_that_people_compared_are_taken_out_and_the_batch_begins_anew(portal: Portal, state: str) -> None:
    batch = portal.review_batch(rows=2)
    Batch.objects.update(state=state)
    kept = [reference for reference, _ in references()]
    recovery(portal, over=True)
    assert emptying.empty_batch(batch.pk, why=COMPARED) == 2
    batch.refresh_from_db()
    assert (batch.row_count, batch.points_total, Row.objects.count()) == (0, 0, 0)
    told = TrailEntry.objects.get(event="rows taken out")
    assert told.data == {"why": COMPARED, "rows": 2, "points": 200, "first_references": kept}
    assert upload_again(portal, batch)


def test_a_replacement_whose_rows_are_taken_out_frees_the_old_rows(portal: Portal) -> None:
    batch = replacement(portal)
    recovery(portal, over=True)
    emptying.empty_batch(batch.pk, why=COMPARED)
    assert not Replacement.objects.exists()


def test_only_restored_batches_that_nobody_has_submitted_are_emptied(portal: Portal) -> None:
    batch = portal.review_batch(rows=1)
    with pytest.raises(StateConflict, match="has no rows that came back with a backup"):
        emptying.empty_batch(batch.pk, why=COMPARED)
    recovery(portal, over=True)
    submit_batch(portal.maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match="is “submitted”"):
        emptying.empty_batch(batch.pk, why=COMPARED)
    assert Row.objects.count() == 1


def test_when_people_ended_the_recovery_by_hand_batches_can_be_changed(portal: Portal) -> None:
    batch = portal.review_batch(rows=2)
    recovery(portal, over=False)
    recovering.end_by_person(now=portal.clock(), why=COMPARED)
    leave_out(portal, batch)
    assert upload_again(portal, batch)


def test_row_that_comes_back_makes_no_other_one_look_never_sent(portal: Portal) -> None:
    batch = portal.review_batch(rows=3)
    Row.objects.filter(number__in=(2, 3)).update(client_reference="A-1")
    Row.objects.filter(number=2).update(state=RowState.LEFT_OUT)
    recovery(portal, over=True)
    leaving_out.take_back_row(portal.maker, batch_id=batch.pk, number=2)
    assert Row.objects.get(number=3).error_count == 0
