from django.db import InterfaceError, OperationalError, connections
from rq.timeouts import BaseTimeoutException

from allocations import gateway, queue
from allocations.services import draining, runs


def drain_run(run_id: int) -> None:
    # The work-horse is forked: a connection of its parent must not be shared.
    connections.close_all()
    try:
        if draining.drain_run(run_id, gateway=gateway.build()):
            queue.ring_run(run_id)
    except (BaseTimeoutException, OperationalError, InterfaceError):
        # The database was away or the time was up: the sweeper rings again. Whatever else a database refuses, a
        # constraint or a trigger for one, it would refuse again at every ring.
        raise
    except Exception:
        runs.pause_for_defect(run_id)
        raise
