from django.conf import settings
from django.db import connections

from allocations.services import erasing


def erase_batch(batch_id: int) -> None:
    # The work-horse is forked: a connection of its parent must not be shared.
    connections.close_all()
    erasing.erase_batch(batch_id, days=settings.PERSONAL_DATA_DAYS)
