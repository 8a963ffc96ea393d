"""Points that another batch gives already: found in every disguise, refused or explained, one winner of two at once."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings

from allocations.domain.repeats import Repeat, RepeatRefused
from allocations.models import Batch, Row, Run, TrailEntry
from allocations.selectors import repeats as reads
from allocations.selectors.accepting import to_be_seen
from allocations.services.approval import approve_batch
from allocations.services.repeats import Answer, keep_repeats, look_for_repeats
from allocations.services.submission import submit_batch, withdraw_batch
from tests.at_once import at_once
from tests.factories.batches import approved_batch, recount, review_batch
from tests.factories.lists import RowFactory
from tests.factories.people import actor, known

pytestmark = pytest.mark.django_db
PEOPLE = tuple((f"98765{number:05}", 500 + number) for number in range(6))


def listed(people: Sequence[tuple[str, int]] = PEOPLE) -> Batch:
    batch = review_batch(ready=0)
    for number, (mobile, amount) in enumerate(people, start=2):
        RowFactory(batch=batch, number=number, mobile=mobile, amount=amount)
    return recount(batch)


def submitted(people: Sequence[tuple[str, int]] = PEOPLE) -> Batch:
    return submit_batch(actor("admin"), batch_id=listed(people).pk)


def found(batch: Batch) -> list[tuple[int, int, int]]:
    """Batch, equal rows and their points, as the review shows them."""
    look_for_repeats(batch.pk)
    return [(one.batch_id, one.equal, one.points) for one in reads.kept_repeats(batch.pk)]


def submit(batch: Batch, *, reason: str = "", shown: Sequence[Batch] = ()) -> Batch:
    answer = Answer(reason, frozenset(other.pk for other in shown))
    return submit_batch(actor("admin"), batch_id=batch.pk, answer=answer)


@pytest.mark.parametrize(
    ("people", "equal"),
    [
        (PEOPLE[::-1], 6),
        (PEOPLE[:3], 3),
        ((*PEOPLE[:3], ("9000000001", 1), ("9000000002", 1), ("9000000003", 1)), 3),
        ((*PEOPLE[:2], ("9000000001", 1), ("9000000002", 1), ("9000000003", 1)), None),
        ((PEOPLE[0], PEOPLE[0]), 1),
        (tuple((mobile, amount + 1) for mobile, amount in PEOPLE), None),
    ],
)
def test_rows_of_a_submitted_batch_are_found_again(people, equal: int | None) -> None:
    other = submitted()
    points = sum(sorted({amount for person, amount in people if (person, amount) in PEOPLE}))
    assert found(listed(people)) == ([(other.pk, equal, points)] if equal else [])


def test_what_is_in_review_or_never_to_be_sent_is_no_repeat() -> None:
    listed()
    cancelled = approved_batch(cancelled=2)
    people = list(cancelled.rows.values_list("mobile", "amount"))
    assert found(listed()) == []
    assert found(listed(people)) == []


def test_rows_left_out_do_not_count() -> None:
    other, again = submitted(PEOPLE[:5]), listed()
    Row.objects.filter(batch=again, number__in=(2, 7)).update(state="left_out")
    assert found(again) == [(other.pk, 4, sum(amount for _, amount in PEOPLE[1:5]))]


def test_a_long_list_is_known_by_a_sample(monkeypatch) -> None:
    monkeypatch.setattr(reads, "_SAMPLE", 2)
    other = submitted()
    assert found(listed()) == [(other.pk, 6, 3015)]
    sparse = listed([("", 1)] * 6 + list(PEOPLE))
    Row.objects.filter(batch=sparse, number__lte=7).update(state="left_out")
    monkeypatch.setattr(reads, "_SAMPLE", 20)
    assert found(sparse) == [(other.pk, 6, 3015)]


def test_a_list_that_is_the_whole_of_a_waiting_batch_is_refused_and_the_review_says_so() -> None:
    other, again = submitted(), listed(PEOPLE[::-1])
    with pytest.raises(RepeatRefused, match=rf"^The same people and points as batch {other.pk}.*on its way"):
        submit(again, reason="They are to get it twice", shown=[other])
    again.refresh_from_db()
    assert (again.state, again.content_root) == ("review", "")
    assert [one.batch_id for one in reads.kept_repeats(again.pk)] == [other.pk]
    withdraw_batch(known(other.submitted_by), batch_id=other.pk)
    assert submit(again).state == "submitted"
    assert reads.kept_repeats(again.pk) == []


def test_a_list_that_was_given_is_refused_for_a_while_and_then_needs_a_reason() -> None:
    other = approved_batch(credited=2, failed=1)
    again = listed(list(other.rows.values_list("mobile", "amount")))
    Batch.objects.filter(pk=other.pk).update(submitted_at=again.created_at)
    for ended, expected in ((again.created_at, "Its run ended 0 days ago"), (None, "is on its way")):
        Run.objects.filter(batch=other).update(state="settled" if ended else "running", settled_at=ended)
        with pytest.raises(RepeatRefused, match=expected):
            submit(again, reason="As every month", shown=[other])
    Run.objects.filter(batch=other).update(state="settled", settled_at=again.created_at - timedelta(days=20, hours=1))
    with pytest.raises(RepeatRefused, match="why they get the points again"):
        submit(again, shown=[other])
    assert submit(again, reason="As every month", shown=[other]).state == "submitted"


def test_a_near_repeat_needs_a_reason_that_everybody_after_can_read() -> None:
    other, again = submitted(), listed(PEOPLE[:4])
    sentence = rf"^4 of 4 rows equal batch {other.pk}"
    for reason, shown in (("", [other]), (" ", [other]), ("They work two shifts", [])):
        with pytest.raises(RepeatRefused, match=sentence):
            submit(again, reason=reason, shown=shown)
    sent = submit(again, reason=" They work two shifts ", shown=[other])
    entry = TrailEntry.objects.get(batch=sent, event="batch submitted").data
    assert sent.repeat_reason == entry["repeat_reason"] == "They work two shifts"
    assert entry["repeats"] == [{"batch": other.pk, "equal_rows": 4, "rows": 4}]
    assert withdraw_batch(known(sent.submitted_by), batch_id=sent.pk).repeat_reason == ""
    sent = submit(sent, reason="They work two shifts", shown=[other])
    approve_batch(actor("approver"), batch_id=sent.pk, version=sent.version, digest=sent.digest, seen=to_be_seen(sent))
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Batch.objects.filter(pk=sent.pk).update(repeat_reason="Another")


def test_a_reason_without_a_repeat_is_not_kept() -> None:
    assert submit(listed(), reason="Just so").repeat_reason == ""


def test_what_a_submission_was_decided_on_stays() -> None:
    sent = submitted()
    keep_repeats(sent.pk, [Repeat(listed().pk, "Other", 1, 1, 1, 1, None)], now=sent.submitted_at)
    assert reads.kept_repeats(sent.pk) == []


@override_settings(SAME_LIST_BLOCK_DAYS=0)
def test_a_root_finds_what_the_sample_does_not_reach(monkeypatch) -> None:
    other = submitted()
    monkeypatch.setattr(reads, "_hinted", lambda *_: [])
    with pytest.raises(RepeatRefused, match="is on its way"):
        submit(listed())
    assert Batch.objects.get(pk=other.pk).content_root == other.content_root != ""


def test_the_schema_lets_one_content_wait_once() -> None:
    first, second = submitted(), submitted((*PEOPLE[:1], ("9000000001", 1), ("9000000002", 1)))
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.filter(pk=second.pk).update(content_root=first.content_root)


@pytest.mark.django_db(transaction=True)
def test_of_two_equal_lists_submitted_at_once_one_wins() -> None:
    batches, makers = [listed(), listed(PEOPLE[::-1])], [actor("admin"), actor("admin")]
    acts = [
        lambda maker=maker, batch=batch: submit_batch(maker, batch_id=batch.pk)
        for maker, batch in zip(makers, batches, strict=True)
    ]
    said = at_once(*acts)
    assert sorted(Batch.objects.values_list("state", flat=True)) == ["review", "submitted"]
    assert said.count("ok") == 1
    assert any("is on its way" in sentence for sentence in said)
