"""What is stored in one transaction: whole or not at all, and with few statements."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from allocations.domain.states import BatchState
from allocations.imports import cleaning, csv_reader
from allocations.imports.run import run_import
from allocations.models import Row, Upload
from allocations.models.uploads import UploadState
from tests.factories.lists import BatchFactory, UploadFactory

pytestmark = pytest.mark.django_db


def waiting_for(rows: int) -> Upload:
    text = "Name,Mobile,Amount\n" + "".join(f"P,98{n:08},{n + 1}\n" for n in range(rows))
    return UploadFactory(batch=BatchFactory(state=BatchState.CHECKING), file=ContentFile(text.encode(), name="list"))


def test_what_breaks_within_a_load_leaves_none_of_it_and_the_next_reader_begins_anew(monkeypatch) -> None:
    monkeypatch.setattr(csv_reader, "BLOCK", 10)
    monkeypatch.setattr(cleaning, "_TOGETHER", 4)
    clean = cleaning.clean_row

    def breaks(cells, *, limits):
        if cells[4] == "18":
            raise MemoryError
        return clean(cells, limits=limits)

    monkeypatch.setattr(cleaning, "clean_row", breaks)
    waiting = waiting_for(25)
    with pytest.raises(MemoryError):
        run_import(waiting.pk)
    assert list(Row.objects.order_by("number").values_list("number", flat=True)) == list(range(2, 11))
    monkeypatch.setattr(cleaning, "clean_row", clean)
    Upload.objects.update(seen_at=datetime.now(UTC) - timedelta(minutes=5))
    run_import(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.rows_read) == (UploadState.READY, 25)
    assert list(Row.objects.order_by("number").values_list("number", "amount")) == [(n + 1, n) for n in range(1, 26)]


def test_a_load_costs_few_statements_and_one_commit(monkeypatch) -> None:
    """However many rows: each statement more is paid for every few thousand rows."""
    monkeypatch.setattr(csv_reader, "BLOCK", 10)

    def statements(rows: int) -> int:
        waiting = waiting_for(rows)
        with CaptureQueriesContext(connection) as asked:
            run_import(waiting.pk)
        return len(asked)

    # Begin and end, claim, ids and rows; PostgreSQL is also asked for the time and told not to wait for the disk. The
    # sample that looks for repeats takes one more or one fewer by chance.
    assert statements(90) - statements(40) <= 5 * (7 if connection.vendor == "postgresql" else 5) + 2
