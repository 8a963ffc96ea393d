from django.db import connections

from allocations.services import person_years


def count_people(_: int) -> None:
    # The work-horse is forked: a connection of its parent must not be shared.
    connections.close_all()
    person_years.count_people()
