"""Rows left out, taken back, mended, repaired and undone in any order: what is left is what its own file would give."""

import random
from contextlib import suppress

import pytest

from allocations.domain.cells import FIELDS
from allocations.domain.errors import DomainError
from allocations.domain.repairs import Kind, offered
from allocations.models import Batch, Problem, Repair, Row
from allocations.services import repairs
from allocations.services.leaving_out import leave_out_row, take_back_row
from allocations.services.mending import stored
from tests.factories.people import known
from tests.imports.test_mending import HEAD, change, fingerprints_hold
from tests.imports.test_run import imported

pytestmark = pytest.mark.django_db
ROWS, STEPS = 6, 12
# Few values, so that rows are often equal or of one person.
POOLS = {
    "title": ("", "", "Dr"),
    "name": ("Asha",),
    "email": ("a@example.com", "a@example.com", "bad@"),
    "mobile": ("9812345671", "9812345672"),
    "amount": ("100", "70"),
    "remarks": ("",),
    "client_reference": ("", "", "", "A-1", "a1"),
}


def line(texts) -> str:
    return ",".join(texts) + "\n"


def kept(batch: Batch) -> list[Row]:
    return list(Row.objects.filter(batch=batch, state="pending").order_by("number"))


def picture(batch: Batch):
    """What would be sent and what is found about it, by place among the rows that are left."""
    rows = kept(batch)
    places = {row.number: place for place, row in enumerate(rows)}
    # Both lists are in the portal at once, so each has the other's references.
    found = Problem.objects.filter(batch=batch, row__state="pending").exclude(code="reference_used_before")
    problems = sorted((places[one.number], one.code, one.severity) for one in found)
    return [tuple(getattr(row, name) for name in FIELDS) for row in rows], problems


def one_step(batch: Batch, chance: random.Random) -> None:
    maker, number = known(batch.uploaded_by), chance.randrange(2, ROWS + 2)
    act = chance.choice(("leave out", "take back", "mend", "repair", "repair", "undo"))
    if act == "leave out":
        leave_out_row(maker, batch_id=batch.pk, number=number)
    elif act == "take back":
        take_back_row(maker, batch_id=batch.pk, number=number)
    elif act == "mend":
        field = chance.choice(FIELDS)
        change(batch, field, chance.choice(POOLS[field]), number=number)
    elif act == "undo" and (made := Repair.objects.filter(batch=batch).first()):
        repairs.undo_repair(maker, batch_id=batch.pk, repair_id=made.pk)
    elif act == "repair":
        repair_something(batch, chance)


def repair_something(batch: Batch, chance: random.Random) -> None:
    codes = sorted(set(Problem.objects.filter(batch=batch).values_list("code", flat=True)))
    options = [(kind, code) for code in codes for kind in offered(code)]
    if not options:
        return
    kind, code = chance.choice(options)
    seal = repairs.plan_repair(batch.pk, kind=kind, code=code).seal
    batch.refresh_from_db()
    before = batch.points_total
    repairs.repair(known(batch.uploaded_by), batch_id=batch.pk, kind=kind, code=code, seal=seal)
    batch.refresh_from_db()
    assert batch.points_total == before or kind is not Kind.SUM


@pytest.mark.parametrize("seed", range(8))
def test_what_is_left_is_what_its_own_file_would_give(seed) -> None:
    chance = random.Random(seed)
    batch = imported(HEAD + "".join(line(map(chance.choice, POOLS.values())) for _ in range(ROWS))).batch
    for _ in range(STEPS):
        with suppress(DomainError):
            one_step(batch, chance)
        batch.refresh_from_db()
        sendable = sum(row.amount for row in kept(batch) if row.error_count == 0)
        assert (batch.points_total, fingerprints_hold(batch)) == (sendable, True)
        if texts := [map(stored(row).text, FIELDS) for row in kept(batch)]:
            alone = imported(HEAD + "".join(map(line, texts))).batch
            assert picture(batch) == picture(alone)
            alone.rows.all().delete()
