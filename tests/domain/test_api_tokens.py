"""What a token may be, and what a program is of its person."""

from datetime import UTC, datetime, timedelta

import pytest

from allocations.domain import api_tokens as rules
from allocations.domain.api_tokens import MEANS, MOST_DAYS, MOST_TOKENS, Scope
from allocations.domain.errors import InvalidInput, NotAllowed
from allocations.domain.policy import Actor, Role

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def somebody(*roles: Role, **more) -> Actor:
    return Actor(id=7, name="Asha", roles=frozenset(roles), **more)


def test_program_is_never_approver_or_owner_and_has_shown_nothing() -> None:
    person = somebody(*Role, withheld=frozenset({Role.OWNER}), known_at=NOW)
    program = rules.program_of(person, token_id=3)
    assert program == Actor(7, "Asha", frozenset({Role.ADMIN, Role.AUDITOR}), frozenset(), None, 3)


@pytest.mark.parametrize(
    ("roles", "may"),
    [((Role.ADMIN,), True), ((Role.AUDITOR,), True), ((Role.APPROVER,), False), ((Role.OWNER,), False), ((), False)],
)
def test_who_makes_tokens(roles, may) -> None:
    assert rules.can_make_token(somebody(*roles)) is may


def test_own_tokens_are_revoked_by_anybody_and_those_of_others_by_owners() -> None:
    rules.check_revoke_token(somebody(), owned_by=7)
    rules.check_revoke_token(somebody(Role.OWNER), owned_by=8)
    with pytest.raises(NotAllowed, match="revoke the token of somebody else"):
        rules.check_revoke_token(somebody(Role.ADMIN, Role.AUDITOR, Role.APPROVER), owned_by=8)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "  "}, "The name is empty"),
        ({"name": "x" * 61}, "has 61 characters"),
        ({"scopes": ()}, "Nothing is chosen"),
        ({"days": 0}, "not 0"),
        ({"days": MOST_DAYS + 1}, f"not {MOST_DAYS + 1}"),
        ({"others": MOST_TOKENS}, "You have 20 tokens in use"),
    ],
)
def test_what_no_token_can_be(change, sentence) -> None:
    good = {"name": " Payroll ", "scopes": (Scope.READ,), "days": MOST_DAYS, "others": MOST_TOKENS - 1}
    assert rules.check_new(**good) == "Payroll"
    with pytest.raises(InvalidInput, match=sentence):
        rules.check_new(**good | change)


def test_token_ends_to_the_second() -> None:
    end, moment = NOW + timedelta(days=1), timedelta(microseconds=1)
    assert rules.is_usable(expires_at=end, revoked_at=None, now=end - moment)
    assert not rules.is_usable(expires_at=end, revoked_at=None, now=end)
    assert not rules.is_usable(expires_at=end, revoked_at=NOW, now=NOW)


def test_every_scope_has_its_meaning() -> None:
    assert set(MEANS) == set(Scope)
