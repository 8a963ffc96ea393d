"""Two clicks at the same time: a most is a most, one request is one export, one worker writes it."""

import pytest
from django.utils import timezone

from allocations import queue
from allocations.models import ExportJob, Reveal, TrailEntry
from allocations.services import export_jobs
from allocations.services.revealing import reveal_row
from tests.at_once import at_once
from tests.factories.batches import approved_batch
from tests.factories.exports import ExportJobFactory
from tests.factories.people import actor

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_reveals_at_once_do_not_slip_past_the_most(settings) -> None:
    settings.REVEALS_PER_HOUR = 1
    who, batch = actor("auditor"), approved_batch(credited=2)
    numbers = batch.rows.order_by("number").values_list("number", flat=True)
    said = at_once(
        *(
            lambda number=number: reveal_row(who, batch_id=batch.pk, number=number, cause="audit", words="Item 7")
            for number in numbers
        )
    )
    assert (said.count("ok"), Reveal.objects.count()) == (1, 1)
    assert TrailEntry.objects.filter(event="personal data revealed").count() == 1


def test_the_same_reveal_twice_at_once_is_one_entry() -> None:
    who, row = actor("auditor"), approved_batch(credited=1).rows.get()
    asked = {"batch_id": row.batch_id, "number": row.number, "cause": "audit", "words": "Item 7"}
    assert at_once(*[lambda: reveal_row(who, **asked)] * 2) == ["ok", "ok"]
    assert TrailEntry.objects.filter(event="personal data revealed").count() == 1


def test_the_same_export_asked_for_twice_at_once_is_one(monkeypatch) -> None:
    monkeypatch.setattr(queue, "ring_export", lambda _: None)
    who, batch = actor("auditor"), approved_batch(credited=1)
    asked = {"batch_id": batch.pk, "kind": "csv"}
    assert at_once(*[lambda: export_jobs.ask_export(who, **asked)] * 2) == ["ok", "ok"]
    assert (ExportJob.objects.count(), TrailEntry.objects.filter(event="export asked for").count()) == (1, 1)


def test_two_workers_at_once_are_one_writer() -> None:
    export, now = ExportJobFactory(), timezone.now()
    claims: list[object] = []
    at_once(*[lambda: claims.append(export_jobs.claim_export(export.pk, now=now))] * 3)
    assert (len(claims), claims.count(None), ExportJob.objects.get().epoch) == (3, 2, 1)
