from django.db import InterfaceError, OperationalError, connections
from rq.timeouts import BaseTimeoutException

from allocations import gateway
from allocations.services import reversing


def take_back(reversal_id: int) -> None:
    # The work-horse is forked: a connection of its parent must not be shared.
    connections.close_all()
    try:
        reversing.take_back(reversal_id, gateway=gateway.build())
    except (BaseTimeoutException, OperationalError, InterfaceError):
        # The database was away or the time was up: the sweeper rings again.
        raise
    except Exception:
        reversing.hold_for_defect(reversal_id)
        raise
