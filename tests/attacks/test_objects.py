"""Objects of others: each address with each role, what it answers, and nobody's details where they are not for them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from allocations.models import TrailEntry
from tests.attacks.addresses import Address, operations, pages
from tests.attacks.bodies import BODIES
from tests.attacks.ground import Ground, body_of, ground, undone
from tests.attacks.matrix import OPENS, ROLES
from tests.factories.api import Program

pytestmark = pytest.mark.django_db
_PEOPLES = re.compile(rb"98765 ?014\d\d|\w@secret\.example")
# Of which batches somebody sees the people in full, and where the second person reads a mobile or an address besides.
IN_FULL = {"maker": {"review", "submitted", "approved"}, "approver": {"submitted"}}
READ_TO_DECIDE = {"approver": {"reversal", "reversal-approve", "reversal-reject"}}


def expected() -> dict[tuple[str, str], tuple[int, ...]]:
    """By method and name, or name and state."""
    found = {}
    for opens, names in OPENS.items():
        method, *codes = opens.split()
        assert len(codes) == len(ROLES)
        found |= {(method, name): tuple(map(int, codes)) for name in names.split()}
    return found


EXPECTED = expected()


def code_of(method: str, address: Address, role: str) -> int:
    codes = EXPECTED.get((method, f"{address.name}:{address.batch}")) or EXPECTED[method, address.name]
    return codes[ROLES.index(role)]


def methods(address: Address) -> list[str]:
    return ["POST"] * address.takes_posts + ["GET"] * (not address.is_action)


def applications(made: Ground) -> list[Address]:
    """Without the door, which has no objects but a person's own, and what needs no person."""
    apart = ("account_", "mfa_", "openid_", "socialaccount_", "usersessions_", "health", "metrics", "language")
    return [one for one in pages(made) if not one.name.startswith(apart)]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_matrix_says_and_nobodys_details(role):
    made, wrong, told = ground(), [], []
    client = made.client(role)
    for address in applications(made):
        for method in methods(address):
            sent = BODIES.get(address.name, {}) if method == "POST" else {}
            with undone():
                before = TrailEntry.objects.count()
                answer = getattr(client, method.lower())(address.path, sent)
                code, text = answer.status_code, body_of(answer)
                grew = TrailEntry.objects.count() > before
            if code != code_of(method, address, role) or (code in {403, 404} and grew):
                wrong.append((method, address, code))
            may_read = address.batch in IN_FULL.get(role, ()) or address.name in READ_TO_DECIDE.get(role, ())
            if _PEOPLES.search(text) and not (may_read or role == "maker"):
                told.append((method, address, _PEOPLES.search(text)))
            if "no-store" not in answer.headers["Cache-Control"] or answer.headers["X-Frame-Options"] != "DENY":
                wrong.append((method, address, answer.headers))
    assert (wrong, told) == ([], [])


def test_no_address_is_forgotten():
    """Whoever adds one says who gets what there."""
    there = {(method, one.name) for one in applications(ground()) for method in methods(one)}
    assert {(method, name.partition(":")[0]) for method, name in EXPECTED} == there


def test_details_are_there_for_whom_they_are():
    """Else the matrix would look for what is nowhere."""
    made = ground()
    for role, states in IN_FULL.items():
        for state in states:
            assert _PEOPLES.search(made.client(role).get(f"/batches/{made.batches[state].pk}/rows/2/").content)


def test_programs_get_no_more_than_their_person():
    """Whatever scopes the token has: masked where the person had no hand in it, no change of a role that may not."""
    made, changed, told = ground(), [], []
    for role in ("other", "auditor"):
        program = Program(made.people[role])
        for method, address in operations(made):
            with undone():
                sent = {"GET": None, "PATCH": {"name": "Somebody"}}.get(method, {})
                answer = program.send(method, address.path.removeprefix("/api/v1"), sent)
            text = body_of(answer)
            if _PEOPLES.search(text):
                told.append((role, method, address))
            if method != "GET" and role == "auditor" and answer.status_code not in {403, 422, 400}:
                changed.append((method, address, answer.status_code))
    assert (changed, told) == ([], [])
    for state in made.batches:
        assert _PEOPLES.search(Program(made.people["maker"]).get(f"/batches/{made.batches[state].pk}/rows").content)


def test_roles_that_no_program_has_open_nothing_to_one():
    made = ground()
    for role in ("approver", "owner", "nobody"):
        made.people[role].groups.clear()
        made.people[role].groups.add(*made.people["maker"].groups.all())
        program = Program(made.people[role])
        made.people[role].groups.set([])
        codes = {program.send(method, one.path.removeprefix("/api/v1")).status_code for method, one in operations(made)}
        assert codes == {403}


def test_nobody_removes_somebody_elses_passkey_or_ends_their_sessions():
    made = ground()
    maker = made.people["maker"]
    key = Authenticator.objects.create(user=maker, type="webauthn", data={"name": "mine", "credential": {}})
    theirs, other = made.client("maker"), made.client("other")
    assert other.post(f"/security/passkeys/{key.pk}/remove/").status_code == 404
    assert other.post("/security/").status_code == 302
    assert (Authenticator.objects.count(), theirs.get("/").status_code) == (1, 200)


def test_strangers_get_to_the_door_and_no_further():
    """For pages tests.views.test_gates says the same; here with an object behind every number."""
    made, client = ground(), Client()
    for address in applications(made):
        for method in methods(address):
            answer = getattr(client, method.lower())(address.path)
            assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/login/"), address
    for method, address in operations(made):
        assert getattr(client, method.lower())(address.path).status_code == 401, address
