from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict, StepUpNeeded
from allocations.models import Reveal, TrailEntry
from allocations.selectors.reveals import REVEALED, revealed, revealed_until
from allocations.services import bulk
from allocations.services.revealing import reveal_row
from tests.factories.batches import approved_batch
from tests.factories.people import actor, known, person

pytestmark = pytest.mark.django_db


def reveal(who, row, **changes) -> None:
    asked = {"batch_id": row.batch_id, "number": row.number, "cause": "asked", "words": "Ticket 48211"}
    reveal_row(who, **{**asked, **changes})


def entries():
    return list(TrailEntry.objects.filter(event=REVEALED).order_by("pk"))


def test_one_row_for_one_person_for_ten_minutes() -> None:
    who, other = actor("auditor"), actor("auditor")
    first, second = approved_batch(credited=2).rows.order_by("number")
    reveal(who, first)
    now = timezone.now()
    assert list(revealed(who, [first, second], now=now)) == [first.pk]
    assert revealed(other, [first, second], now=now) == {}
    assert revealed_until(who, first, now=now + timedelta(minutes=9)) is not None
    assert revealed_until(who, first, now=now + timedelta(minutes=10)) is None


def test_trail_says_who_why_and_which_row_and_nothing_of_the_person() -> None:
    who, row = actor("auditor"), approved_batch(credited=1).rows.get()
    reveal(who, row, words=" Ticket 48211 ")
    (entry,) = entries()
    assert (entry.actor_id, entry.batch_id, entry.object_type, entry.object_id) == (who.id, row.batch_id, "row", row.pk)
    assert entry.data == {
        "row": row.number,
        "reference": row.reference,
        "cause": "asked",
        "reason": "Ticket 48211",
        "minutes": 10,
    }
    assert [word for word in (row.mobile, row.email, row.name) if word in entry.body] == []


def test_twice_is_once_and_later_is_another() -> None:
    who, row = actor("auditor"), approved_batch(credited=1).rows.get()
    reveal(who, row)
    reveal(who, row, cause="audit")
    assert [entry.data["cause"] for entry in entries()] == ["asked"]
    past = timezone.now() - timedelta(minutes=30)
    Reveal.objects.update(revealed_at=past, ends_at=past + timedelta(minutes=10))
    reveal(who, row, cause="audit")
    assert ([entry.data["cause"] for entry in entries()], Reveal.objects.count()) == (["asked", "audit"], 1)


@pytest.mark.parametrize("roles", [("admin",), ("approver",), ("owner",), ()])
def test_only_auditors_reveal(roles) -> None:
    with pytest.raises(NotAllowed):
        reveal(actor(*roles), approved_batch(credited=1).rows.get())
    assert (entries(), Reveal.objects.exists()) == ([], False)


def test_who_lost_the_role_sees_masks_again() -> None:
    user, row = person("auditor"), approved_batch(credited=1).rows.get()
    reveal(known(user), row)
    user.groups.clear()
    assert revealed_until(known(user), row, now=timezone.now()) is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"cause": "curious"}, InvalidInput),
        ({"words": "98765 00011"}, InvalidInput),
        ({"number": 99}, InvalidInput),
    ],
)
def test_what_is_no_reason_or_no_row_reveals_nothing(changes, error) -> None:
    with pytest.raises(error):
        reveal(actor("auditor"), approved_batch(credited=1).rows.get(), **changes)
    assert (entries(), Reveal.objects.exists()) == ([], False)


def test_somebody_who_was_not_seen_lately_shows_who_they_are() -> None:
    row = approved_batch(credited=1).rows.get()
    with pytest.raises(StepUpNeeded):
        reveal(replace(actor("auditor"), known_at=None), row)
    assert entries() == []


def test_there_is_a_most_in_an_hour(settings) -> None:
    settings.REVEALS_PER_HOUR = 2
    who = actor("auditor")
    rows = list(approved_batch(credited=3).rows.order_by("number"))
    for row in rows[:2]:
        reveal(who, row)
    with pytest.raises(StateConflict, match="details of 2 rows within the last hour"):
        reveal(who, rows[2])
    reveal(actor("auditor"), rows[2])
    assert len(entries()) == 3


def test_nothing_to_reveal_where_all_is_seen_or_erased() -> None:
    batch = approved_batch(credited=1)
    maker = person("admin", "auditor")
    batch.uploaded_by = maker
    batch.save(update_fields=["uploaded_by"])
    with pytest.raises(StateConflict, match="as it is"):
        reveal(known(maker), batch.rows.get())
    batch.erased_at = timezone.now()
    batch.save(update_fields=["erased_at"])
    with pytest.raises(StateConflict, match="were erased"):
        reveal(actor("auditor"), batch.rows.get())


def test_a_reveal_goes_with_the_rows_of_its_list() -> None:
    row = approved_batch(credited=1).rows.get()
    reveal(actor("auditor"), row)
    bulk.delete_of_batch(Reveal, row.batch_id)
    assert (Reveal.objects.exists(), len(entries())) == (False, 1)
