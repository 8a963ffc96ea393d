from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from allocations.exports.snapshots import snapshot
from allocations.models import Row
from tests.factories.batches import approved_batch


def elsewhere(change) -> None:
    """Runs and commits `change` on a connection of its own."""

    def work() -> None:
        try:
            change()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(work).result()


@pytest.mark.django_db(transaction=True)
def test_snapshot_sees_one_instant_while_others_write():
    """F60."""
    rows = approved_batch(pending=2, run_state="running").rows
    with snapshot():
        before = list(rows.values_list("state", flat=True))
        elsewhere(lambda: Row.objects.update(state="sending"))
        after = list(rows.values_list("state", flat=True))

    assert (before, after) == (["pending"] * 2, ["pending"] * 2)
    assert list(rows.values_list("state", flat=True)) == ["sending"] * 2


@pytest.mark.django_db(transaction=True)
def test_snapshot_leaves_the_next_transaction_as_it_was():
    usual = getattr(connection, "transaction_mode", None)
    with snapshot():
        pass
    row = approved_batch(credited=1).rows.get()

    assert getattr(connection, "transaction_mode", None) == usual
    assert row.state == "credited"
