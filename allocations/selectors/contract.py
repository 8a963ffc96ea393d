"""How EnKash's answers differ from their contract, as counted."""

from django.db.models import Case, Count, QuerySet, Value, When

from allocations.enkash.contract.shapes import Call, Difference, Found
from allocations.models import ContractDifference
from allocations.models.contract import Mark

_OPEN_FIRST = Case(When(mark=Mark.OPEN, then=Value(0)), default=Value(1))


def all_differences() -> QuerySet[ContractDifference]:
    """What breaks and is open first, then what is open, then what was looked at; each the newest first."""
    found = ContractDifference.objects.select_related("run", "chunk", "marked_by")
    return found.order_by(_OPEN_FIRST, "-breaking", "-last_seen", "-id")


def open_differences() -> QuerySet[ContractDifference]:
    """Those that alarm."""
    return ContractDifference.objects.filter(mark=Mark.OPEN)


def open_breaking() -> QuerySet[ContractDifference]:
    """Those that keep a run that paused for them from being resumed."""
    return open_differences().filter(breaking=True)


def open_by_call() -> dict[tuple[str, bool], int]:
    """How many are open, by call and whether they break."""
    counted = open_differences().order_by().values_list("call", "breaking").annotate(Count("id"))
    return {(call, breaking): count for call, breaking, count in counted}


def open_counts() -> tuple[int, int]:
    """How many are open that break, and how many that do not."""
    counted = open_by_call()
    breaking = sum(count for (_, breaks), count in counted.items() if breaks)
    return breaking, sum(counted.values()) - breaking


def found_of(one: ContractDifference) -> Found:
    """As it was found, to be told in words."""
    return Found(Call(one.call), Difference(one.kind), one.path, one.detail, one.breaking)
