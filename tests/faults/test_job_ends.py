"""A real worker's job whose time is up in the middle of a call."""

import pytest

from allocations.models import Attempt
from tests.faults.conftest import Field, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Login, balance and call together last longer than the job may, though each stays within its deadline.
SLOW = {"ENKASH_TIMEOUT": "2.4", "ENKASH_LEASE_SECONDS": "5", "ENKASH_JOB_SECONDS": "6", "ENKASH_QUIET_SECONDS": "5"}


def test_f16_a_job_whose_time_is_up_within_its_call_is_resolved(field: Field, settings) -> None:
    # Who rings says how long a job may take.
    settings.RQ_QUEUES = {name: {**queue, "DEFAULT_TIMEOUT": 6} for name, queue in settings.RQ_QUEUES.items()}
    for endpoint in ("token", "account", "bulk"):
        field.sim.faults.push(kind="hang", endpoint=endpoint, seconds=2.2, then="answer")
    field.worker(**SLOW)
    run = field.approved_run(rows=10)
    wait_until(Attempt.objects.exists)
    field.sweeper()
    field.assert_everybody_credited(run)
    assert Attempt.objects.get().state == "resolved"
    assert Attempt.objects.get().answered_at is None
