"""F61 with real processes: the database is put back under a worker and a sweeper; the witness is in a real Redis."""

import pytest

from allocations.models import Attempt, Installation, Row
from allocations.services import leases
from tests.faults.conftest import Field, settled, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_nobody_is_credited_twice_when_the_database_is_put_back(field: Field, backup) -> None:
    run = field.approved_run(rows=200)
    # What the migration did and the emptying between tests undid: the database has its instance before the backup.
    leases.installation()
    restore = backup()
    field.worker()
    field.sweeper()
    wait_until(lambda: Attempt.objects.filter(state="applied").count() >= 3)
    restore()
    wait_until(lambda: Installation.objects.filter(recovering_since__isnull=False).exists())
    wait_until(settled(run), seconds=120)
    field.assert_books_agree(run)
    assert Row.objects.filter(state="credited").count() == 200
    assert Row.objects.filter(evidence="look_up").exists()
