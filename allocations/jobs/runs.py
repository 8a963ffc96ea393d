from django.db import DatabaseError, connections
from rq.timeouts import BaseTimeoutException

from allocations import gateway, queue
from allocations.services import draining, runs


def drain_run(run_id: int) -> None:
    # The work-horse is forked: a connection of its parent must not be shared.
    connections.close_all()
    try:
        if draining.drain_run(run_id, gateway=gateway.build()):
            queue.ring_run(run_id)
    except (BaseTimeoutException, DatabaseError):
        # The lease runs out and the sweeper rings again; nothing here is a defect of the answer.
        raise
    except Exception:
        runs.pause_for_defect(run_id)
        raise
