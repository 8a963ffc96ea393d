"""Warnings let go with a reason: by whom, how long that counts, what submission and approval ask for."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace

import pytest
from django.db import IntegrityError, transaction

from allocations.domain.accepting import Found
from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.policy import Actor
from allocations.models import Acceptance, Batch, Problem, TrailEntry
from allocations.selectors.accepting import warning_of, warnings_of
from allocations.services import leaving_out, mending
from allocations.services.accepting import accept_warnings, take_back_acceptance
from allocations.services.approval import approve_batch
from allocations.services.submission import submit_batch, withdraw_batch
from tests.at_once import at_once
from tests.factories.batches import review_batch, submitted_batch
from tests.factories.lists import ProblemFactory
from tests.factories.people import actor, known

pytestmark = pytest.mark.django_db
MADE_UP = "mobile_made_up"


@pytest.fixture
def batch() -> Batch:
    """Rows 2 and 3 have a warning, row 4 has none."""
    return review_batch(warnings=2, ready=1)


@pytest.fixture
def maker(batch: Batch) -> Actor:
    return known(batch.uploaded_by)


def shown(batch: Batch, code: str = MADE_UP) -> Found:
    return next(one for one in warnings_of(batch.pk) if one.code == code)


def accept(maker: Actor, batch: Batch, reason: str = "Asked each of them", **changes) -> Acceptance:
    how = {"shown": shown(batch), "reason": reason} | changes
    return accept_warnings(maker, batch_id=batch.pk, **how)


def test_the_reason_is_kept_with_who_when_and_for_how_many(batch: Batch, maker: Actor) -> None:
    given = accept(maker, batch, " Asked each of them ")
    assert (given.code, given.rows, given.reason, given.accepted_by_id) == (MADE_UP, 2, "Asked each of them", maker.id)
    entry = TrailEntry.objects.get(batch=batch, event="warnings accepted")
    assert (entry.actor_id, entry.data) == (maker.id, {"code": MADE_UP, "rows": 2, "reason": "Asked each of them"})


def test_whoever_accepts_has_a_hand_in_the_batch(batch: Batch) -> None:
    other = actor("admin", "approver")
    accept(other, batch)
    submitted = submit_batch(known(batch.uploaded_by), batch_id=batch.pk)
    assert json.loads(submitted.manifest)["editors"] == [other.id]
    with pytest.raises(NotAllowed, match="You made or changed this batch"):
        approve(other, submitted, seen=[MADE_UP])


def test_only_makers_accept(batch: Batch) -> None:
    for role in ("approver", "auditor", "owner"):
        with pytest.raises(NotAllowed, match="you need the role admin"):
            accept(actor(role), batch)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_without_a_usable_reason_nothing_is_accepted(batch: Batch, maker: Actor, reason: str) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        accept(maker, batch, reason)
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize("changes", [{"rows": 1}, {"rows": 3}, {"newest": 0}, {"code": "markup"}])
def test_what_the_page_did_not_show_is_not_accepted(batch: Batch, maker: Actor, changes) -> None:
    with pytest.raises(StateConflict, match="Nothing was changed"):
        accept(maker, batch, shown=replace(shown(batch), **changes))


@pytest.mark.parametrize("state", ["draft", "checking"])
def test_a_list_that_is_not_read_has_nothing_to_accept(batch: Batch, maker: Actor, state: str) -> None:
    Batch.objects.update(state=state)
    with pytest.raises(StateConflict, match=r"not read yet|only as a draft or in review"):
        accept(maker, batch)


def test_accepting_again_replaces_what_the_page_showed(batch: Batch, maker: Actor) -> None:
    first = accept(maker, batch)
    second = accept(maker, batch, "Called each of them", instead_of=first.pk)
    assert Acceptance.objects.get() == second
    assert TrailEntry.objects.filter(event="warnings accepted").count() == 2


def test_a_double_click_is_one_acceptance(batch: Batch, maker: Actor) -> None:
    assert accept(maker, batch) == accept(maker, batch)
    assert TrailEntry.objects.filter(event="warnings accepted").count() == 1


def test_somebody_elses_reason_is_not_overwritten_unseen(batch: Batch, maker: Actor) -> None:
    first = accept(maker, batch)
    for instead_of in (None, first.pk + 1):
        with pytest.raises(StateConflict, match="meanwhile"):
            accept(actor("admin"), batch, "Another reason", instead_of=instead_of)
    assert Acceptance.objects.get() == first


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_reason_counts() -> None:
    batch = review_batch(warnings=1)
    seen, people = shown(batch), [actor("admin") for _ in range(2)]

    def act(person: Actor) -> Callable[[], object]:
        return lambda: accept_warnings(person, batch_id=batch.pk, shown=seen, reason=f"Says {person.id}")

    said = at_once(*map(act, people))
    given = Acceptance.objects.get()
    assert sorted(one == "ok" for one in said) == [False, True]
    assert given.reason == f"Says {given.accepted_by_id}"
    assert "Somebody accepted this" in next(one for one in said if one != "ok")


def test_taken_back_it_has_to_be_accepted_again(batch: Batch, maker: Actor) -> None:
    given = accept(maker, batch)
    take_back_acceptance(maker, batch_id=batch.pk, acceptance_id=given.pk)
    assert TrailEntry.objects.get(event="acceptance taken back").data == {"code": MADE_UP, "rows": 2}
    with pytest.raises(InvalidInput, match="“Mobile looks made up” in 2 rows"):
        submit_batch(maker, batch_id=batch.pk)
    with pytest.raises(StateConflict, match="meanwhile"):
        take_back_acceptance(maker, batch_id=batch.pk, acceptance_id=given.pk)


def test_nothing_of_another_batch_is_taken_back(batch: Batch, maker: Actor) -> None:
    given = accept(maker, batch)
    with pytest.raises(StateConflict):
        take_back_acceptance(maker, batch_id=review_batch().pk, acceptance_id=given.pk)


def test_submission_asks_for_a_reason_for_every_cause(batch: Batch, maker: Actor) -> None:
    row = batch.rows.get(number=4)
    ProblemFactory(row=row, severity="warning", code="markup")
    with pytest.raises(
        InvalidInput, match=r"^2 kinds of warnings are not accepted yet: “HTML in a cell” in 1 row, “Mob"
    ):
        submit_batch(maker, batch_id=batch.pk)
    accept(maker, batch)
    with pytest.raises(InvalidInput, match=r"^1 kind of warning is not accepted yet: “HTML in a cell” in 1 row"):
        submit_batch(maker, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.manifest) == ("review", "")


def test_manifest_and_trail_name_what_was_accepted(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    submitted = submit_batch(maker, batch_id=batch.pk)
    expected = [{"code": MADE_UP, "rows": 2, "reason": "Asked each of them"}]
    manifest = json.loads(submitted.manifest)
    assert (manifest["manifest_version"], manifest["accepted"]) == ("4", expected)
    assert TrailEntry.objects.get(event="batch submitted").data["accepted"] == expected


def test_rows_left_out_need_no_reason_and_a_stale_one_is_not_signed(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    for number in (2, 3):
        leaving_out.leave_out_row(maker, batch_id=batch.pk, number=number)
    assert json.loads(submit_batch(maker, batch_id=batch.pk).manifest)["accepted"] == []
    assert not Acceptance.objects.exists()


def test_fewer_rows_stay_accepted_and_are_counted_anew(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    leaving_out.leave_out_row(maker, batch_id=batch.pk, number=3)
    assert json.loads(submit_batch(maker, batch_id=batch.pk).manifest)["accepted"][0]["rows"] == 1
    assert Acceptance.objects.get().rows == 1


def test_a_row_that_comes_back_was_not_among_those_accepted(batch: Batch, maker: Actor) -> None:
    leaving_out.leave_out_row(maker, batch_id=batch.pk, number=2)
    given = accept(maker, batch)
    leaving_out.take_back_row(maker, batch_id=batch.pk, number=2)
    assert Problem.objects.filter(row__number=2).values_list("code", "message").get() == (
        MADE_UP,
        "looks made up (9999999999). Check it with the person.",
    )
    with pytest.raises(InvalidInput, match="“Mobile looks made up” in 2 rows"):
        submit_batch(maker, batch_id=batch.pk)
    accept(maker, batch, instead_of=given.pk)
    assert submit_batch(maker, batch_id=batch.pk).state == "submitted"


def test_what_was_accepted_outlives_a_withdrawal(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    submit_batch(maker, batch_id=batch.pk)
    withdraw_batch(maker, batch_id=batch.pk)
    assert submit_batch(maker, batch_id=batch.pk).version == 2


@pytest.mark.parametrize("act", ["accept", "take back"])
def test_a_submitted_list_is_settled(batch: Batch, maker: Actor, act: str) -> None:
    given = accept(maker, batch)
    submit_batch(maker, batch_id=batch.pk)
    acts = {
        "accept": lambda: accept(maker, batch, "Another", instead_of=given.pk),
        "take back": lambda: take_back_acceptance(maker, batch_id=batch.pk, acceptance_id=given.pk),
    }
    with pytest.raises(StateConflict, match="it can be changed only"):
        acts[act]()


def mend(maker: Actor, batch: Batch, number: int, field: str, text: str) -> None:
    seen = mending.fingerprint(batch.rows.get(number=number), field)
    mending.mend_cell(maker, batch_id=batch.pk, number=number, field=field, text=text, seen=seen)


def test_a_warning_that_a_mended_cell_brings_is_not_accepted(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    mend(maker, batch, 4, "mobile", "9999999999")
    assert shown(batch).rows == 3
    with pytest.raises(InvalidInput, match="“Mobile looks made up” in 3 rows"):
        submit_batch(maker, batch_id=batch.pk)


def test_a_warning_that_goes_with_its_cell_leaves_the_others_accepted(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    mend(maker, batch, 3, "mobile", "9820441276")
    assert json.loads(submit_batch(maker, batch_id=batch.pk).manifest)["accepted"][0]["rows"] == 1


def test_rows_that_share_a_person_are_to_be_accepted_again(maker: Actor, batch: Batch) -> None:
    for number in (2, 3):
        leaving_out.leave_out_row(maker, batch_id=batch.pk, number=number)
    twins = review_batch(ready=3, uploaded_by=batch.uploaded_by)
    first = twins.rows.get(number=2)
    for number in (3, 4):
        mend(maker, twins, number, "email", first.email)
    mend(maker, twins, 3, "mobile", first.mobile)
    for found in warnings_of(twins.pk):
        accept_warnings(maker, batch_id=twins.pk, shown=found, reason="Two cards, known")
    codes = {found.code for found in warnings_of(twins.pk)}
    assert "same_email_other_mobile" in codes
    # Row 4 changes; what is said about rows 2 and 3 is found again with it.
    mend(maker, twins, 4, "mobile", "9820441277")
    with pytest.raises(InvalidInput, match="“One e-mail, several mobiles”"):
        submit_batch(maker, batch_id=twins.pk)


def test_what_was_said_of_a_hidden_row_was_said_of_its_cells_as_they_were(batch: Batch, maker: Actor) -> None:
    row = batch.rows.get(number=4)
    ProblemFactory(row=row, code="hidden_row", severity="warning", message="Is hidden.")
    for found in warnings_of(batch.pk):
        accept(maker, batch, shown=found)
    mend(maker, batch, 4, "amount", "750")
    with pytest.raises(
        InvalidInput, match=r"^1 kind of warning is not accepted yet: “Hidden in the workbook” in 1 row"
    ):
        submit_batch(maker, batch_id=batch.pk)


def approve(voter: Actor, batch: Batch, *, seen=()) -> object:
    return approve_batch(voter, batch_id=batch.pk, version=batch.version, digest=batch.digest, seen=seen)


def test_an_approval_needs_every_tick(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    submitted, voter = submit_batch(maker, batch_id=batch.pk), actor("approver")
    for seen in ((), ("markup",)):
        with pytest.raises(InvalidInput, match=r"^1 not ticked: “Mobile looks made up”"):
            approve(voter, submitted, seen=seen)
    assert not submitted.votes.exists()
    approve(voter, submitted, seen=(MADE_UP, "whatever else"))
    assert TrailEntry.objects.get(event="batch approved").data["seen"] == [MADE_UP]


def test_a_list_submitted_before_warnings_were_accepted_is_still_seen_cause_by_cause() -> None:
    with pytest.raises(InvalidInput, match="Mobile looks made up"):
        approve(actor("approver"), submitted_batch(warnings=1))


def test_what_was_accepted_is_frozen_with_the_batch(batch: Batch, maker: Actor) -> None:
    accept(maker, batch)
    submit_batch(maker, batch_id=batch.pk)
    with pytest.raises(IntegrityError, match="accepted is frozen"), transaction.atomic():
        Acceptance.objects.update(reason="Another")
    with pytest.raises(IntegrityError, match="accepted is frozen"), transaction.atomic():
        Acceptance.objects.all().delete()
    withdraw_batch(maker, batch_id=batch.pk)
    assert Acceptance.objects.update(reason="Another") == 1


@pytest.mark.parametrize("changes", [{"reason": ""}, {"code": MADE_UP, "pk": None}])
def test_the_database_keeps_one_acceptance_a_cause_and_none_without_words(batch: Batch, maker: Actor, changes) -> None:
    given = accept(maker, batch)
    for name, value in changes.items():
        setattr(given, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save()


def test_a_shown_cause_is_what_the_selector_says(batch: Batch) -> None:
    newest = max(Problem.objects.filter(batch=batch).values_list("pk", flat=True))
    assert asdict(shown(batch)) == {"code": MADE_UP, "rows": 2, "newest": newest}
    assert warning_of(batch.pk, "markup") is None
