from django.db import connections

from allocations.services import webhook_deliveries


def deliver(webhook_id: int) -> None:
    # The work-horse is forked: a connection of its parent must not be shared.
    connections.close_all()
    webhook_deliveries.deliver(webhook_id)
