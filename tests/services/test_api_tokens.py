"""Tokens made, used and revoked, on the database that DATABASE_URL names."""

from itertools import count

import pytest
from django.db.models import QuerySet

from allocations.actors import actor_of
from allocations.domain.api_tokens import MOST_TOKENS, Scope, TooManyCalls
from allocations.domain.errors import InvalidInput, NotAllowed, StepUpNeeded
from allocations.models import ApiCall, ApiToken, TrailEntry
from allocations.services import api_calls, api_tokens, roster
from tests.at_once import together
from tests.factories.api import token_for
from tests.factories.people import actor, known, person


@pytest.mark.django_db
def test_text_is_told_once_and_kept_nowhere() -> None:
    token, text = token_for(person("admin"), Scope.READ)
    stored = str(ApiToken.objects.values().get()) + str(list(TrailEntry.objects.values_list("body", flat=True)))
    assert (text.startswith("rpt_"), len(text) >= 40, text in stored, text[12:] in stored) == (True, True, False, False)
    assert text.startswith(token.start)


@pytest.mark.django_db
def test_trail_tells_of_it_without_its_name() -> None:
    owner = person("owner")
    token, _ = token_for(person("admin"), Scope.WRITE, Scope.READ)
    api_tokens.revoke_token(known(owner), token_id=token.pk)
    api_tokens.revoke_token(known(owner), token_id=token.pk)
    made, revoked = TrailEntry.objects.filter(object_type="API token").order_by("pk")
    assert (made.event, made.actor_id, made.data) == (
        "API token made",
        token.person_id,
        {"person": token.person_id, "scopes": ["read", "write"], "days": 30},
    )
    assert (revoked.event, revoked.actor_id, revoked.data) == (
        "API token revoked",
        owner.pk,
        {"person": token.person_id},
    )
    assert "Payroll" not in made.body + revoked.body


@pytest.mark.django_db
def test_making_one_asks_who_it_is_and_for_the_role() -> None:
    with pytest.raises(StepUpNeeded):
        api_tokens.make_token(actor_of(person("admin")), name="x", scopes=[Scope.READ], days=1)
    with pytest.raises(NotAllowed):
        api_tokens.make_token(actor("approver", "owner"), name="x", scopes=[Scope.READ], days=1)


@pytest.mark.django_db
def test_nobody_has_too_many() -> None:
    user = person("admin")
    for _ in range(MOST_TOKENS):
        token, _ = token_for(user)
    with pytest.raises(InvalidInput, match="Revoke one"):
        token_for(user)
    api_tokens.revoke_token(known(user), token_id=token.pk)
    token_for(user)


@pytest.mark.django_db
def test_token_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidInput, match="no API token 7"):
        api_tokens.revoke_token(actor("owner"), token_id=7)


@pytest.mark.django_db(transaction=True)
def test_who_is_deactivated_has_no_token_when_they_come_back() -> None:
    user, owner = person("admin"), known(person("owner"))
    _, text = token_for(user)
    roster.deactivate_person(owner, person_id=user.pk)
    assert TrailEntry.objects.get(event="person deactivated").data["api_tokens"] == 1
    roster.reactivate_person(owner, person_id=user.pk)
    assert api_tokens.use_token(text) is None


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_are_all_counted(settings) -> None:
    settings.API_CALLS_PER_MINUTE = 10
    _token, text = token_for(person("admin"))
    let_through: list[int] = []

    def call() -> None:
        for _ in range(5):
            try:
                api_tokens.use_token(text)
                let_through.append(1)
            except TooManyCalls:
                pass

    together(*[call] * 4)
    assert len(let_through) == 10


@pytest.mark.django_db(transaction=True)
def test_same_key_at_once_is_carried_out_by_one() -> None:
    token, _ = token_for(person("admin"))
    begun: list[object] = []

    def begin() -> None:
        try:
            begun.append(api_calls.begin_call(token_id=token.pk, key="k", sha256="ab" * 32))
        except api_calls.StillRunning as refused:
            begun.append(refused)

    together(*[begin] * 6)
    assert sorted(type(one).__name__ for one in begun) == ["ApiCall"] + ["StillRunning"] * 5
    assert ApiCall.objects.count() == 1


@pytest.mark.django_db
def test_call_that_finds_the_window_begun_by_another_counts_in_it(monkeypatch) -> None:
    _, text = token_for(person("admin"))
    update, updates = QuerySet.update, count()

    def with_another(self, **values) -> int:
        """Between seeing that the window is over and beginning the next."""
        if next(updates) == 1:
            api_tokens.use_token(text)
        return update(self, **values)

    monkeypatch.setattr(QuerySet, "update", with_another)
    assert api_tokens.use_token(text) is not None
    assert ApiToken.objects.get().window_calls == 2
