"""Making a batch, freezing it, taking it back, and deciding about it."""

import json

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import override_settings

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.manifest import digest
from allocations.models import Batch, Row, Run, TrailEntry, Vote
from allocations.selectors.approvals import spread_of
from allocations.services import batches, leaving_out, trail
from allocations.services.approval import approve_batch, send_back_batch
from allocations.services.submission import submit_batch, withdraw_batch
from tests.factories.batches import recount
from tests.factories.lists import AccountFactory, BatchFactory
from tests.factories.people import UserFactory, actor, known
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db


def submitted(portal: Portal, **fields) -> Batch:
    return submit_batch(portal.maker, batch_id=portal.review_batch(**fields).pk)


def approve(portal: Portal, batch: Batch, *, by=None, **changes) -> Run:
    shown = {"version": batch.version, "digest": batch.digest} | changes
    return approve_batch(by or portal.approver, batch_id=batch.pk, **shown)


def send_back(portal: Portal, batch: Batch, *, by=None, reason: str = "Wrong month") -> Batch:
    who = by or portal.approver
    return send_back_batch(who, batch_id=batch.pk, version=batch.version, digest=batch.digest, reason=reason)


def test_submit_freezes_what_would_be_sent(portal: Portal) -> None:
    batch = submitted(portal, rows=3)
    manifest = json.loads(batch.manifest)
    assert (batch.state, batch.version, batch.digest) == ("submitted", 1, digest(batch.manifest))
    assert (manifest["rows"], manifest["points"], manifest["submitted_by"]) == (3, 300, portal.maker.id)


def test_submit_counts_once_what_approvers_read_of_all_rows(portal: Portal) -> None:
    batch = portal.review_batch(rows=12)
    leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=3)
    batch = submit_batch(portal.maker, batch_id=batch.pk)
    kept = spread_of(batch)
    batch.spread = None  # As of a batch that an earlier version froze.
    assert spread_of(batch) == kept
    assert sum(band.people for band in kept.bands) == 11
    assert 3 not in kept.largest


def test_what_was_counted_of_another_content_is_not_shown(portal: Portal) -> None:
    """A process of an earlier version freezes a content without counting it: what is stored is of the one before."""
    former = submitted(portal, rows=12)
    withdraw_batch(portal.maker, batch_id=former.pk)
    leaving_out.leave_out_row(portal.maker, batch_id=former.pk, number=1)
    batch = submit_batch(portal.maker, batch_id=former.pk)
    kept = spread_of(batch)
    batch.spread = former.spread
    assert former.spread["digest"] != batch.digest
    assert spread_of(batch) == kept


def test_submit_counts_only_rows_that_are_not_left_out(portal: Portal) -> None:
    batch = portal.review_batch(rows=3)
    leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=3)
    manifest = json.loads(submit_batch(portal.maker, batch_id=batch.pk).manifest)
    assert (manifest["rows"], manifest["points"], manifest["left_out"]) == (2, 200, 1)
    assert manifest["editors"] == [portal.maker.id]


def test_submit_refuses_rows_with_errors(portal: Portal) -> None:
    batch = portal.review_batch(rows=2)
    Row.objects.filter(number=2).update(error_count=1)
    with pytest.raises(InvalidInput, match=r"^1 row has errors\."):
        submit_batch(portal.maker, batch_id=batch.pk)
    assert leaving_out.leave_out_problem_rows(portal.maker, batch_id=batch.pk) == 1
    assert submit_batch(portal.maker, batch_id=batch.pk).state == "submitted"


def test_submit_refuses_a_list_without_rows_to_send(portal: Portal) -> None:
    batch = portal.review_batch(rows=1)
    leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=2)
    with pytest.raises(InvalidInput, match=r"^No row would be sent"):
        submit_batch(portal.maker, batch_id=batch.pk)


def test_submit_refuses_more_points_than_the_limit(portal: Portal) -> None:
    batch = portal.review_batch(rows=2)
    with override_settings(MAX_POINTS_PER_BATCH=199), pytest.raises(InvalidInput, match=r"^The list totals 200 points"):
        submit_batch(portal.maker, batch_id=batch.pk)


def test_submit_refuses_a_row_that_is_not_what_was_read(portal: Portal) -> None:
    batch = portal.review_batch(rows=2)
    Row.objects.filter(number=2).update(amount=101)
    with pytest.raises(StateConflict, match=r"^Row 2 does not match its fingerprint"):
        submit_batch(portal.maker, batch_id=batch.pk)


def test_submit_needs_a_list(portal: Portal) -> None:
    batch = portal.review_batch(rows=1)
    batch.uploads.all().delete()
    with pytest.raises(InvalidInput, match=r"^The batch has no list"):
        submit_batch(portal.maker, batch_id=batch.pk)


def test_submit_twice_is_refused(portal: Portal) -> None:
    """F51."""
    batch = submitted(portal)
    with pytest.raises(StateConflict):
        submit_batch(portal.maker, batch_id=batch.pk)


def test_submit_of_no_batch_says_so(portal: Portal) -> None:
    with pytest.raises(InvalidInput, match=r"^There is no batch 99\.$"):
        submit_batch(portal.maker, batch_id=99)


def test_withdraw_voids_the_digest_and_the_next_submission_is_a_new_version(portal: Portal) -> None:
    batch = withdraw_batch(portal.maker, batch_id=submitted(portal).pk)
    assert (batch.state, batch.digest, batch.manifest) == ("review", "", "")
    assert submit_batch(portal.maker, batch_id=batch.pk).version == 2


def test_withdraw_is_for_makers(portal: Portal) -> None:
    with pytest.raises(NotAllowed, match=r"^Only a person who made this batch"):
        withdraw_batch(actor("admin"), batch_id=submitted(portal).pk)


@pytest.mark.parametrize(
    "field", ["title", "name", "email", "mobile", "remarks", "reference", "payload_hash", "amount"]
)
def test_a_payload_is_frozen_from_submission_on(portal: Portal, field: str) -> None:
    batch = submitted(portal)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Row.objects.filter(batch=batch, number=2).update(**{field: 7 if field == "amount" else "X"})
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Row.objects.filter(batch=batch)._raw_delete("default")
    withdraw_batch(portal.maker, batch_id=batch.pk)
    assert Row.objects.filter(batch=batch, number=2).update(remarks="X") == 1


def test_approve_creates_one_run_however_often_it_is_clicked(portal: Portal) -> None:
    """F51."""
    batch = submitted(portal)
    runs = {approve(portal, batch).pk for _ in range(2)}
    assert (len(runs), Run.objects.count(), Vote.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize("changes", [{"version": 2}, {"version": 0}, {"digest": "ab" * 32}, {"digest": ""}])
def test_approve_refuses_what_the_page_did_not_show(portal: Portal, changes) -> None:
    """F53."""
    with pytest.raises(StateConflict, match=r"^The list changed since you opened it"):
        approve(portal, submitted(portal), **changes)
    assert (Run.objects.count(), Vote.objects.count()) == (0, 0)


def test_approve_is_not_for_whoever_had_a_hand_in_the_batch(portal: Portal) -> None:
    both = [UserFactory(roles=("admin", "approver")) for _ in range(3)]
    uploader, editor, maker = (known(user) for user in both)
    batch = portal.review_batch(uploaded_by=both[0])
    leaving_out.leave_out_row(editor, batch_id=batch.pk, number=2)
    batch = submit_batch(maker, batch_id=batch.pk)
    for person in (uploader, editor, maker):
        with pytest.raises(NotAllowed, match=r"^You made or changed this batch"):
            approve(portal, batch, by=person)
        with pytest.raises(NotAllowed):
            send_back(portal, batch, by=person)


def test_who_submitted_an_earlier_version_stays_a_maker(portal: Portal) -> None:
    former = actor("admin", "approver")
    batch = submit_batch(former, batch_id=portal.review_batch().pk)
    batch = submit_batch(portal.maker, batch_id=withdraw_batch(former, batch_id=batch.pk).pk)
    with pytest.raises(NotAllowed, match=r"^You made or changed this batch"):
        approve(portal, batch, by=former)


def test_approve_needs_the_role_even_of_a_superuser(portal: Portal) -> None:
    batch = submitted(portal)
    with pytest.raises(NotAllowed, match="you need the role approver"):
        approve(portal, batch, by=known(UserFactory(is_superuser=True)))


def test_only_the_first_decision_counts(portal: Portal) -> None:
    """F52."""
    batch = submitted(portal)
    approve(portal, batch)
    with pytest.raises(StateConflict, match=r"^Already decided"):
        send_back(portal, batch)
    with pytest.raises(StateConflict, match=r"^Already decided"):
        approve(portal, batch, by=actor("approver"))
    with pytest.raises(StateConflict):
        withdraw_batch(portal.maker, batch_id=batch.pk)


def test_send_back_voids_the_digest_and_tells_why(portal: Portal) -> None:
    batch = submitted(portal)
    returned = send_back(portal, batch, reason=" Wrong month ")
    assert (returned.state, returned.digest, returned.sent_back_reason) == ("review", "", "Wrong month")
    with pytest.raises(StateConflict, match="nothing is waiting for a decision"):
        approve(portal, batch)


def test_send_back_needs_a_reason(portal: Portal) -> None:
    with pytest.raises(InvalidInput, match=r"^The reason is empty"):
        send_back(portal, submitted(portal), reason="  ")


def test_an_approval_past_the_service_is_refused_by_the_database(portal: Portal) -> None:
    editor = actor("admin", "approver")
    batch = portal.review_batch()
    leaving_out.leave_out_row(editor, batch_id=batch.pk, number=2)
    batch = submit_batch(portal.maker, batch_id=batch.pk)
    for person in (editor.id, portal.maker.id, batch.uploaded_by_id):
        vote = Vote(batch=batch, version=1, digest=batch.digest, decision="approve", voted_by_id=person)
        vote.voted_at = portal.clock()
        with pytest.raises(IntegrityError, match="a maker cannot vote"), transaction.atomic():
            vote.save()
    for person in (portal.maker.id, batch.uploaded_by_id):
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.update(state="approved", approved_by=person, approved_at=portal.clock())


@pytest.mark.parametrize(
    "change", [{"state": "review"}, {"digest": "x"}, {"manifest": "{}"}, {"is_points_allocation": False}]
)
def test_an_approved_batch_is_frozen_by_the_database(portal: Portal, change) -> None:
    approve(portal, submitted(portal))
    with pytest.raises(IntegrityError, match="an approved batch is frozen"), transaction.atomic():
        Batch.objects.update(**change)
    with pytest.raises(IntegrityError, match="an approved batch is frozen"), transaction.atomic():
        Batch.objects.update(account=AccountFactory())


@pytest.mark.parametrize(
    "change", [{"state": "failed"}, {"credited_amount": 1}, {"transaction_id": None}, {"transaction_id": "other"}]
)
def test_a_credited_row_stays_credited(portal: Portal, change) -> None:
    portal.drain(portal.approved_run(rows=1))
    with pytest.raises(IntegrityError, match="a credited row stays credited"), transaction.atomic():
        Row.objects.update(**change)


def test_which_rows_are_left_out_is_frozen_from_submission_on(portal: Portal) -> None:
    batch = portal.review_batch(rows=2)
    leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=2)
    submit_batch(portal.maker, batch_id=batch.pk)
    for number, state in ((2, "pending"), (3, "left_out")):
        with pytest.raises(IntegrityError, match="left out is frozen"), transaction.atomic():
            Row.objects.filter(number=number).update(state=state)


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize(("table", "column"), [("allocations_trailentry", "event"), ("allocations_vote", "digest")])
def test_trail_and_votes_are_append_only(portal: Portal, statement: str, table: str, column: str) -> None:
    approve(portal, submitted(portal))
    with pytest.raises(IntegrityError, match=r"append-only|never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows REPLACE")
@pytest.mark.parametrize("table", ["allocations_trailentry", "allocations_vote", "allocations_row"])
def test_replace_does_not_get_past_the_triggers(portal: Portal, table: str) -> None:
    approve(portal, submitted(portal))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL knows TRUNCATE")
@pytest.mark.parametrize("table", ["allocations_trailentry", "allocations_vote", "allocations_row"])
def test_truncate_is_refused(portal: Portal, table: str) -> None:
    approve(portal, submitted(portal))
    statement = f"SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL portal.allow_truncate = 'off'; TRUNCATE {table} CASCADE"
    with pytest.raises(DatabaseError, match="never truncated"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_trail_tells_every_step(portal: Portal) -> None:
    batch = submitted(portal, rows=1)
    portal.drain(approve(portal, batch))
    events = TrailEntry.objects.filter(batch=batch).values_list("event", flat=True)
    assert list(events) == [
        *("batch submitted", "batch approved", "run created", "run start"),
        *("attempt intended", "attempt applied", "run settle"),
    ]


def test_an_entry_outside_a_transaction_is_refused(portal: Portal, monkeypatch) -> None:
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="belongs into the transaction"):
        trail.write_entry("x", at=portal.clock(), object_type="batch", object_id=1)


def new_list(name: str = "list.csv") -> ContentFile:
    return ContentFile(b"Name,Mobile,Points\nAsha Rao,9876500001,700\n", name=name)


def create(portal: Portal, **changes) -> Batch:
    fields = {"purpose": " Diwali ", "account_id": portal.account.pk, "is_points_allocation": True}
    fields |= {"file_name": "../diwali.CSV", "content": new_list(), "kind": "file"}
    return batches.create_batch(portal.maker, **(fields | changes))


def test_create_batch_keeps_the_list_and_starts_its_check(portal: Portal) -> None:
    batch = create(portal)
    upload = batch.uploads.get()
    assert (batch.purpose, batch.state, batch.uploaded_by_id) == ("Diwali", "checking", portal.maker.id)
    assert (upload.file_name, upload.kind, upload.size) == ("diwali.CSV", "csv", 43)
    assert "diwali" not in upload.file.name


@pytest.mark.parametrize(
    ("changes", "said"), [({"purpose": " "}, "The purpose is empty"), ({"account_id": 0}, "Choose a reward")]
)
def test_create_batch_refuses_what_is_missing(portal: Portal, changes, said) -> None:
    with pytest.raises(InvalidInput, match=said):
        create(portal, **changes)
    assert Batch.objects.count() == 0


def test_create_batch_refuses_a_file_that_is_too_large(portal: Portal) -> None:
    with override_settings(UPLOAD_MAX_BYTES=42), pytest.raises(InvalidInput, match=r"^The file has 43 bytes"):
        create(portal)
    assert Batch.objects.count() == 0


def test_replace_list_makes_its_person_an_editor(portal: Portal) -> None:
    batch = portal.review_batch()
    upload = batches.replace_list(portal.maker, batch_id=batch.pk, file_name="", content=new_list(), kind="paste")
    assert (upload.kind, upload.file_name) == ("paste", "list")
    assert list(batch.editors.values_list("user_id", flat=True)) == [portal.maker.id]


def test_map_columns_reads_the_same_file_again(portal: Portal) -> None:
    batch = portal.review_batch()
    columns = {"name": 0, "mobile": 1, "amount": 2}
    upload = batches.map_columns(portal.maker, batch_id=batch.pk, mapping=columns)
    assert (upload.mapping_override, upload.sha256, batch.uploads.count()) == (columns, "ab" * 32, 2)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"name": 0, "mobile": 1, "amount": 3}, "The list has 3 columns, counted from 0."),
        ({"name": 0, "mobile": 1, "amount": -1}, "The list has 3 columns"),
        ({"name": 0, "mobile": 1, "amount": 1}, "One column is chosen for two fields."),
        ({"name": 0, "salary": 1}, "There is no field “salary”."),
        ({"name": 0}, "No column is mobile or amount. Choose one for each."),
    ],
)
def test_map_columns_refuses_what_the_list_has_not(portal: Portal, columns: dict[str, int], said: str) -> None:
    batch = portal.review_batch()
    with pytest.raises(InvalidInput, match=f"^{said}"):
        batches.map_columns(portal.maker, batch_id=batch.pk, mapping=columns)
    assert batch.uploads.count() == 1


def test_map_columns_needs_a_header(portal: Portal) -> None:
    batch = portal.review_batch()
    batch.uploads.update(header=[])
    with pytest.raises(StateConflict, match=r"^No header was found"):
        batches.map_columns(portal.maker, batch_id=batch.pk, mapping={"name": 0})


def test_map_columns_needs_a_list(portal: Portal) -> None:
    batch = BatchFactory(state="draft", account=portal.account)
    with pytest.raises(InvalidInput, match=r"^There is no list to map yet"):
        batches.map_columns(portal.maker, batch_id=batch.pk, mapping={})


@pytest.mark.parametrize("state", ["checking", "submitted"])
def test_nothing_is_changed_while_it_is_read_or_frozen(portal: Portal, state: str) -> None:
    batch = submitted(portal) if state == "submitted" else BatchFactory(state=state, account=portal.account)
    with pytest.raises(StateConflict, match="it can be changed only as a draft or in review"):
        leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=2)


def test_rows_left_out_can_be_taken_back(portal: Portal) -> None:
    batch = portal.review_batch(rows=2)
    leaving_out.leave_out_row(portal.maker, batch_id=batch.pk, number=2)
    batch.refresh_from_db()
    assert (batch.left_out_count, batch.points_total) == (1, 100)
    for _ in range(2):
        leaving_out.take_back_row(portal.maker, batch_id=batch.pk, number=2)
    assert (recount(batch).left_out_count, batch.points_total) == (0, 200)
    assert list(TrailEntry.objects.values_list("event", flat=True)) == ["rows leave out", "rows take back"]
