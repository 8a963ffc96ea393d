"""How rows are found by what somebody types. Every way has its index; none reads a table whole."""

from collections.abc import Iterator

from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Lower

from allocations.domain.searching import Meant
from allocations.models import Row
from allocations.models.fields import NameKey

# Sorts behind every letter.
_LAST = "\U0010ffff"


def exact(rows: QuerySet[Row], meant: Meant) -> Iterator[QuerySet[Row]]:
    """One query a way: one with OR would leave the planner to walk the table."""
    if meant.mobile:
        yield rows.filter(mobile=meant.mobile)
    if meant.email:
        # The first condition is that of the index.
        yield rows.filter(email__gt="").alias(key=Lower("email")).filter(key=meant.email.lower())
    if meant.code:
        yield rows.filter(reference=meant.code.upper())
        yield rows.filter(transaction_id=meant.code)
        yield rows.filter(client_reference__gt="", client_reference=meant.code)
        yield rows.filter(card_id__gt="", card_id=meant.code)


def beginning(rows: QuerySet[Row], name: str) -> QuerySet[Row]:
    """Those whose name begins so, in no order."""
    first = Lower(Value(name))
    return rows.alias(key=NameKey("name")).filter(key__gte=first, key__lt=Concat(first, Value(_LAST)))
