from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from allocations.domain.policy import Actor, BatchFacts, Role
from allocations.domain.spreads import Band
from allocations.domain.states import BatchState
from allocations.models import Acceptance, Account, Batch
from allocations.presenters import spreads, votes
from allocations.presenters.bars import Place
from allocations.presenters.spreads import Bar
from allocations.presenters.votes import Effect, Unusual
from allocations.selectors.approvals import Oddity
from allocations.selectors.holds import Hold

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)


def batch(**fields):
    given = {"row_count": 5000, "left_out_count": 27, "points_total": 2_486_500, "is_points_allocation": True}
    return Batch(**(given | fields))


@pytest.mark.parametrize(
    ("start_at", "said"),
    [
        (None, "The run begins by itself at once"),
        (NOW, "The run begins by itself at once: its start, 11 Nov 2026, 14:05 IST, has passed"),
        (
            NOW + timedelta(hours=2),
            "The run begins by itself at 11 Nov 2026, 16:05 IST; approved later than that, at once",
        ),
    ],
)
def test_after_approval_says_when_the_run_begins(start_at, said):
    assert votes.after_approval(start_at, now=NOW, hold=Hold()) == said


def test_after_approval_promises_no_run_while_sending_is_frozen():
    said = votes.after_approval(None, now=NOW, hold=Hold(frozen=True))
    assert said == "The run begins by itself when sending is released"


def test_effect_says_who_gets_what_and_what_is_left():
    account = Account(name="Employee rewards", balance=Decimal(6_140_000))
    effect = votes.effect(batch(account=account), committed=Decimal(312_000))
    assert effect == Effect(4973, 2_486_500, "Employee rewards", Decimal(6_140_000), Decimal(312_000))
    assert effect.sentence == (
        "4,973 people get 24,86,500 points from “Employee rewards”. The balance goes from 61,40,000 to 36,53,500."
    )
    assert (effect.free_after, effect.missing) == (Decimal(3_341_500), Decimal(0))


def test_effect_names_the_points_that_are_missing():
    assert Effect(1, 700, "A", Decimal(1000), Decimal(400)).missing == Decimal(100)


def test_effect_without_a_balance_says_so():
    effect = Effect(1, 1, "A", None, Decimal(0))
    assert effect.sentence == "1 person gets 1 point from “A”. Its balance has not been read yet."
    assert (effect.after, effect.free_after, effect.missing) == (None, None, Decimal(0))


def test_submitted_equation_adds_up():
    assert votes.submitted_equation(batch()).adds_up


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        (True, "New and existing people: everybody in the list"),
        (False, "New people only: whoever already has a card gets nothing"),
    ],
)
def test_who_gets_points_in_words(flag, said):
    assert votes.who_gets_points(batch(is_points_allocation=flag)) == said


def test_why_not_is_empty_for_another_approver_and_a_sentence_for_the_maker():
    facts = BatchFacts(BatchState.SUBMITTED, frozenset({1}), 1, 1)
    approver = frozenset({Role.APPROVER})
    assert votes.why_not(Actor(2, "Rajesh", approver), facts) == ""
    assert votes.why_not(Actor(1, "Meera", approver), facts) == (
        "You made or changed this batch. Another approver must decide about it."
    )


def test_unusual_puts_the_code_into_words():
    oddities = [Oddity("same_person_twice", 6, 3000, "Rows 4 and 9.", 4)]
    shown = Unusual("same_person_twice", "Same person twice", 6, 3000, "Rows 4 and 9.", 4)
    assert votes.unusual(oddities, {}, in_full=True) == [shown]
    assert votes.unusual(oddities, {}, in_full=False) == [replace(shown, example="")]


def test_unusual_has_the_makers_reason():
    given = Acceptance(reason="Two shifts", accepted_by=User(username="meera", first_name="Meera", last_name="Iyer"))
    (shown,) = votes.unusual([Oddity("odd", 1, 5, "", 2)], {"odd": given, "gone": given}, in_full=True)
    assert (shown.reason, shown.accepted_by) == ("Two shifts", "Meera Iyer")


@pytest.mark.parametrize(
    ("before", "now", "percent"),
    [(2_306_000, 2_486_500, "+7.8 %"), (1000, 995, "−0.5 %"), (1000, 1000, "0.0 %"), (0, 5, "–")],
)
def test_comparison_in_per_cent_of_points(before, now, percent):
    found = votes.comparison(batch(points_total=now), batch(points_total=before, row_count=4639))
    assert (found.rows_change, found.points_change, found.percent) == (361, now - before, percent)


def test_comparison_without_an_earlier_batch_is_none():
    assert votes.comparison(batch(), None) is None


def test_bars_keep_a_single_person_visible():
    found = spreads.bars([Band(0, 250, 1, 250), Band(250, 500, 1000, 5), Band(5000, None, 0, 0)])
    assert found == [
        Bar("up to 250", 1, 250, Place(7, 2)),
        Bar("251 to 500", 1000, 5, Place(35, 250)),
        Bar("above 5,000", 0, 0, Place(63, 0)),
    ]
    assert (found[1].place.text_x, found[1].place.text_y) == (370, 47)


def test_bars_of_no_bands_are_none():
    assert spreads.bars([]) == []


def test_waiting_names_rows_time_and_reason(monkeypatch):
    facts = BatchFacts(BatchState.SUBMITTED, frozenset({1}), 1, 1)
    monkeypatch.setattr(votes, "facts_of", lambda batch: facts)
    actor = Actor(2, "Rajesh", frozenset({Role.APPROVER}))
    found = votes.waiting(batch(submitted_at=NOW - timedelta(hours=5)), actor, in_force=1, open_questions=2, now=NOW)
    assert (found.rows, found.waits, found.why_not) == (4973, "5 h", "")
    assert found.unanswered.startswith("2 questions about this list wait for an answer.")
