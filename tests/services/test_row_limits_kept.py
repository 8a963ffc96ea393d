"""A list beyond the limits of the policy is not submitted, not approved, and its failed rows are not run again."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from allocations.domain.approval_policies import Terms
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.models import Batch, Problem, Row, Vote
from allocations.selectors import row_limits as reads
from allocations.selectors.approval_policies import in_force
from allocations.services import row_limits
from allocations.services.approval import approve_batch, send_back_batch
from allocations.services.leaving_out import leave_out_row
from allocations.services.reruns import rerun_failed_rows
from allocations.services.submission import submit_batch
from tests.factories.accepting import accept_all
from tests.factories.batches import recount
from tests.factories.given import given
from tests.factories.lists import NOW, AccountFactory, RowFactory
from tests.factories.policies import agree
from tests.imports.test_mending import change, fingerprints_hold
from tests.services.beyond import ASHA, NEXT, RAVI, above, listed, marked, told_time
from tests.services.conftest import Portal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, datetime]:
    return told_time(monkeypatch)


# Submitted ------------------------------------------------------------------------------------------------------------


def submitted(portal: Portal, *rows: tuple[str, int]) -> Batch:
    return submit_batch(portal.maker, batch_id=in_review(portal, *rows).pk)


def in_review(portal: Portal, *rows: tuple[str, int]) -> Batch:
    batch = portal.review_batch(rows=0)
    for number, (mobile, amount) in enumerate(rows, start=2):
        RowFactory(batch=batch, number=number, mobile=mobile, amount=amount)
    return recount(batch)


def approve(portal: Portal, batch: Batch):
    return approve_batch(portal.approver, batch_id=batch.pk, version=batch.version, digest=batch.digest)


def test_a_list_beyond_the_policy_of_now_is_refused_and_marked(portal: Portal) -> None:
    batch = in_review(portal, (ASHA, 400), (RAVI, 100), (ASHA, 300), (RAVI, 70))
    agree(most_points_person_month=500, allowed_amounts=(70, 100, 400))
    with pytest.raises(InvalidInput) as refused:
        submit_batch(portal.maker, batch_id=batch.pk)
    sentence = refused.value.sentence
    assert sentence.startswith("Row 4, column “Points”: 300 is not among the amounts that the approval policy allows.")
    assert "Row 2, column “Points”: would bring this person to 700 points in November 2026" in sentence
    assert sentence.endswith("Every such row is marked in the list now.")
    assert marked(batch) == [(2, "person_above_month"), (4, "amount_not_allowed"), (4, "person_above_month")]
    leave_out_row(portal.maker, batch_id=batch.pk, number=4)
    assert Problem.objects.filter(batch=batch, number=2).count() == 0
    assert submit_batch(portal.maker, batch_id=batch.pk).points_total == 570


def test_more_rows_than_are_named_are_counted(portal: Portal) -> None:
    batch = in_review(portal, *((f"98123456{at:02}", 400) for at in range(5)))
    agree(most_points_person_month=399)
    with pytest.raises(InvalidInput, match=r"Row 4, .* 2 more rows are beyond the approval policy\. Every such row"):
        submit_batch(portal.maker, batch_id=batch.pk)
    assert marked(batch) == above(2, 3, 4, 5, 6)


def test_marks_that_hold_no_more_keep_nothing_from_being_submitted(portal: Portal, clock) -> None:
    given(ASHA, 400)
    agree(most_points_person_month=500)
    batch = listed((ASHA, 200), (RAVI, 500))
    accept_all(portal.maker, batch)
    with pytest.raises(InvalidInput, match="400 given so far, 200 in this row"):
        submit_batch(portal.maker, batch_id=batch.pk)
    clock["now"] = NEXT
    sent = submit_batch(portal.maker, batch_id=batch.pk)
    assert (sent.error_rows, sent.points_total, marked(sent), fingerprints_hold(sent)) == (0, 700, [], True)


def test_a_maker_has_the_limits_looked_at_again(portal: Portal, clock) -> None:
    given(ASHA, 400)
    agree(most_points_person_month=500)
    batch = listed((ASHA, 200), (RAVI, 500))
    editors = batch.editors.count()
    assert row_limits.look_at_limits_again(portal.maker, batch_id=batch.pk) == 1
    clock["now"] = NEXT
    assert row_limits.look_at_limits_again(portal.maker, batch_id=batch.pk) == 0
    agree(allowed_amounts=(500,))
    assert row_limits.look_at_limits_again(portal.maker, batch_id=batch.pk) == 1
    assert (marked(batch), batch.editors.count()) == ([(2, "amount_not_allowed")], editors)
    with pytest.raises(NotAllowed):
        row_limits.look_at_limits_again(portal.approver, batch_id=batch.pk)
    frozen = submitted(portal, (RAVI, 500))
    with pytest.raises(StateConflict):
        row_limits.look_at_limits_again(portal.maker, batch_id=frozen.pk)
    row_limits.mark_again(frozen.pk)


def test_no_digest_knows_the_new_terms(portal: Portal) -> None:
    """The manifest names the policy by its number, so what older installations and checkers accept stays as it was."""
    plain = submitted(portal, (ASHA, 400))
    policy = '"policy":{"approvers":1,"version":%d}'
    assert policy % 1 in plain.manifest
    agree(most_points_person_month=500, allowed_amounts=(400,))
    limited = submitted(portal, (RAVI, 400))
    assert policy % 2 in limited.manifest
    assert "month" not in limited.manifest + plain.manifest


# Approved -------------------------------------------------------------------------------------------------------------


def test_an_approval_counts_what_was_approved_since_the_submission(portal: Portal, clock) -> None:
    agree(most_points_person_month=500)
    first = submitted(portal, (ASHA, 300), (RAVI, 100))
    portal.account = AccountFactory()
    second = submitted(portal, (ASHA, 299), ("9812345673", 100))
    assert approve(portal, first)
    with pytest.raises(StateConflict) as refused:
        approve(portal, second)
    assert refused.value.sentence == (
        "Row 2, column “Points”: would bring this person to 599 points in November 2026: 300 given so far, 299 in this "
        "row. The limit is 500 a month. Give at most 200 here or leave the row out, or submit it in another month. Send "
        "the batch back, so that its maker corrects these rows or leaves them out, or approve it in another month."
    )
    assert Vote.objects.count() == 1
    clock["now"] = NEXT
    assert approve(portal, second)


def test_a_batch_submitted_in_one_month_counts_in_the_next_one_if_it_is_approved_then(portal: Portal, clock) -> None:
    agree(most_points_person_month=500)
    clock["now"] = NEXT - timedelta(hours=1)
    batch = submitted(portal, (ASHA, 300))
    given(ASHA, 300, at=NEXT)
    clock["now"] = NEXT + timedelta(hours=1)
    with pytest.raises(StateConflict, match="600 points in December 2026"):
        approve(portal, batch)


def test_a_scheduled_list_counts_when_it_is_approved(portal: Portal, clock) -> None:
    agree(most_points_person_month=500)
    batch = submit_batch(portal.maker, batch_id=in_review(portal, (ASHA, 300)).pk, start_at=NEXT + timedelta(days=2))
    assert approve(portal, batch)
    assert reads.given_in_month([ASHA], batch_id=0, at=NOW) == {ASHA: 300}
    assert reads.given_in_month([ASHA], batch_id=0, at=NEXT) == {}


def test_a_batch_that_was_sent_back_can_be_mended_where_it_is_marked(portal: Portal) -> None:
    agree(most_points_person_month=500)
    batch = submitted(portal, (ASHA, 300), (RAVI, 100))
    given(ASHA, 300)
    with pytest.raises(StateConflict):
        approve(portal, batch)
    send_back_batch(portal.approver, batch_id=batch.pk, version=1, digest=batch.digest, reason="Too much for Asha.")
    with pytest.raises(InvalidInput):
        submit_batch(portal.maker, batch_id=batch.pk)
    assert marked(batch) == above(2)
    change(Batch.objects.get(pk=batch.pk), "amount", "200", number=2, by=portal.maker)
    assert approve(portal, submit_batch(portal.maker, batch_id=batch.pk))


# Run again ------------------------------------------------------------------------------------------------------------


def failed_batch(portal: Portal, *rows: tuple[str, int]) -> Batch:
    """Approved and ended: the first row was credited, the rest failed."""
    run = approve(portal, submitted(portal, *rows))
    run.state = "settled"
    run.save()
    last = Row.objects.filter(batch_id=run.batch_id).order_by("-number")
    last.update(state="failed", evidence="answer", reason="Blocked")
    Row.objects.filter(batch_id=run.batch_id, number=2).update(
        state="credited", credited_amount=rows[0][1], outcome_at=NOW
    )
    return Batch.objects.get(pk=run.batch_id)


def test_a_re_run_gives_what_the_approval_counted_and_nothing_twice(portal: Portal, clock) -> None:
    agree(most_points_person_month=500)
    batch = failed_batch(portal, (RAVI, 1), (ASHA, 500))
    assert reads.given_in_month([ASHA], batch_id=0, at=NOW) == {}
    clock["now"] = NEXT + timedelta(days=3)
    # Neither a lower limit of now nor another month is in the way of what was approved.
    agree(most_points_person_month=100)
    assert rerun_failed_rows(portal.maker, batch_id=batch.pk)
    assert reads.given_in_month([ASHA, RAVI], batch_id=0, at=NOW) == {ASHA: 500, RAVI: 1}
    assert reads.given_in_month([ASHA], batch_id=0, at=NEXT) == {}


def test_a_re_run_is_refused_where_others_took_the_place(portal: Portal, clock) -> None:
    agree(most_points_person_month=500)
    batch = failed_batch(portal, (RAVI, 1), (ASHA, 500))
    assert approve(portal, submitted(portal, (ASHA, 100)))
    clock["now"] = NEXT
    with pytest.raises(StateConflict, match=r"^Nothing is run again: .* Row 3, .* 600 points in November 2026"):
        rerun_failed_rows(portal.maker, batch_id=batch.pk)
    assert set(batch.rows.values_list("state", flat=True)) == {"credited", "failed"}
    agree(most_points_person_month=600)
    assert rerun_failed_rows(portal.maker, batch_id=batch.pk)


def test_a_policy_stored_before_these_terms_has_no_such_rule() -> None:
    policy = agree(two_from_rows=5)
    policy.refresh_from_db()
    assert (policy.most_points_person_month, policy.allowed_amounts) == (None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM allocations_approvalpolicy WHERE allowed_amounts IS NULL")
        assert cursor.fetchone() == (1,)
    assert in_force().terms == Terms(two_from_rows=5)
