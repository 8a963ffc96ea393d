"""Rows of a batch as the import would have stored them. Every name is invented."""

import secrets
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from allocations.domain.manifest import payload_bytes, payload_hash
from allocations.domain.policy import Actor, Role
from allocations.domain.references import mint_many
from allocations.domain.states import BatchState
from allocations.enkash.simulator import demo
from allocations.models import Account, Batch, Lane, Row, Run, Upload
from allocations.services.approval import approve_batch
from allocations.services.bulk import TableWriter, analyze
from allocations.services.submission import submit_batch
from tests.factories.samples import open_sample

POINTS = 500
PAYLOAD = ("title", "name", "email", "mobile", "amount", "remarks", "reference")
_BLOCK = 5_000


def account(*, chunk: int, lanes: int = 1) -> Account:
    """The simulator's account with chunks of that size and so many lanes."""
    found, _ = Account.objects.update_or_create(
        company_id=demo.COMPANY_ID,
        card_account_id=demo.CARD_ACCOUNT_ID,
        create_defaults={"name": "Bench (simulator)", "chunk_size": chunk},
        defaults={"chunk_size": chunk},
    )
    found.lanes.all().delete()
    Lane.objects.bulk_create(Lane(account=found, number=number) for number in range(1, lanes + 1))
    return found


def person(*roles: Role) -> Actor:
    user = get_user_model().objects.create(username=f"bench-{secrets.token_hex(4)}")
    user.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in roles])
    return Actor(id=user.pk, name="Bench", roles=frozenset(roles), known_at=timezone.now())


def payloads(rows: int, *, more: int = 0) -> Iterator[dict[str, str | int]]:
    """People are the same each time, references are fresh: EnKash credits each of them again.

    With `more` points than in any other batch, lest the batch repeats one.
    """
    for number, reference in enumerate(mint_many(rows)):
        values = ("Ms", f"Asha Rao {number}", f"person{number}@example.com", f"98{number:08}")
        values += (POINTS + number % 7 * 250 + more, "Diwali 2026")
        yield dict(zip(PAYLOAD, (*values, reference), strict=True))


def review_batch(account_: Account, maker: Actor, *, rows: int) -> Batch:
    batch = Batch.objects.create(
        purpose="Bench", account=account_, is_points_allocation=True, state=BatchState.REVIEW, uploaded_by_id=maker.id
    )
    Upload.objects.create(
        batch=batch, file_name="bench.csv", size=0, sha256="0" * 64, kind="csv", uploaded_by_id=maker.id, state="ready"
    )
    writer = TableWriter(Row, ("batch", "number", "payload_hash", *PAYLOAD))
    records = [
        (batch.pk, number, payload_hash(payload_bytes(**payload)), *payload.values())
        for number, payload in enumerate(payloads(rows, more=batch.pk % 250), start=2)
    ]
    with transaction.atomic():
        for first in range(0, rows, _BLOCK):
            writer.write(records[first : first + _BLOCK])
    analyze(Row)
    return batch


def approved_run(*, rows: int, chunk: int, lanes: int = 1) -> Run:
    """A queued run of a batch that one person submitted and another approved."""
    maker = person(Role.ADMIN)
    reviewed = review_batch(account(chunk=chunk, lanes=lanes), maker, rows=rows)
    batch = submit_batch(maker, batch_id=reviewed.pk)
    approver = person(Role.APPROVER)
    open_sample(approver, batch)
    return approve_batch(approver, batch_id=batch.pk, version=batch.version, digest=batch.digest)
