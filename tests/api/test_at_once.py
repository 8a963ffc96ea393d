"""Programs and people who act on one batch at the same moment: what is frozen is what was read, and one step counts."""

import json

import pytest

from allocations.domain.errors import StateConflict
from allocations.domain.manifest import digest, leaf, payload_hash
from allocations.models import Batch, Row, TrailEntry
from allocations.services.approval import approve_batch
from allocations.services.planning import payload_of
from tests.at_once import together
from tests.factories.api import Program
from tests.factories.people import known, person

pytestmark = pytest.mark.django_db(transaction=True)


def entries(event: str) -> int:
    return TrailEntry.objects.filter(event=event).count()


def test_row_that_is_changed_while_its_batch_is_submitted_is_in_it_or_stays(program, account) -> None:
    number = program.batch(account=account.pk)
    other = Program(program.user)
    changed, submitted = together(
        lambda: other.send("PATCH", f"/batches/{number}/rows/1", {"amount": 7}),
        lambda: program.post(f"/batches/{number}/submit", {}),
    )
    batch, row = Batch.objects.get(pk=number), Row.objects.get()
    assert (submitted.status_code, changed.status_code in {200, 409}) == (200, True)
    assert row.amount == (7 if changed.status_code == 200 else 500)
    frozen = json.loads(batch.manifest)
    assert (frozen["points"], digest(batch.manifest)) == (row.amount, batch.digest)
    assert (row.payload_hash, leaf(row.number, row.payload_hash) != "") == (payload_hash(payload_of(row)), True)


@pytest.mark.parametrize("keys", [("a", "b"), ("k", "k")])
def test_batch_is_submitted_once(program, account, keys) -> None:
    number = program.batch(account=account.pk)
    read = program.get(f"/batches/{number}")["ETag"]
    answers = together(
        *[lambda key=key: program.post(f"/batches/{number}/submit", {}, key=key, If_Match=read) for key in keys]
    )
    statuses = sorted(one.status_code for one in answers)
    assert statuses[0] == 200
    assert statuses[1] in ({200, 409} if keys[0] == keys[1] else {409, 412})
    batch = Batch.objects.get(pk=number)
    assert (batch.state, batch.version, entries("batch submitted")) == ("submitted", 1, 1)


def test_batch_is_withdrawn_or_approved(program, account) -> None:
    number = program.batch(account=account.pk)
    sent = program.post(f"/batches/{number}/submit", {}).json()
    approver = known(person("approver"))

    def approve() -> str:
        try:
            approve_batch(approver, batch_id=number, digest=sent["digest"], version=sent["version"])
        except StateConflict:
            return "late"
        return "approved"

    withdrawn, approved = together(lambda: program.post(f"/batches/{number}/withdraw"), approve)
    state = Batch.objects.get(pk=number).state
    assert (withdrawn.status_code, approved, state) in {(200, "late", "review"), (409, "approved", "approved")}
    assert (entries("batch withdrawn"), entries("batch approved")) == ((1, 0) if approved == "late" else (0, 1))


def test_key_of_two_programs_is_two_requests(program, account) -> None:
    body = {"purpose": "x", "account": account.pk, "rows": [{"name": "Asha", "mobile": "9812345671", "amount": 5}]}
    others = (program, Program(program.user), Program(person("admin")))
    answers = together(*[lambda one=one: one.post("/batches", body, key="k") for one in others])
    assert [one.status_code for one in answers] == [202] * 3
    assert len({one.json()["id"] for one in answers}) == Batch.objects.count() == 3
