"""Other batches that give the same points, as the maker and the approver read of them."""

from dataclasses import dataclass
from datetime import datetime

from allocations.domain.repeats import Repeat, explained
from allocations.presenters.times import moment


@dataclass(frozen=True, slots=True)
class Repeated:
    """`code` is what an approver ticks."""

    code: str
    batch_id: int
    sentence: str
    when: str


def repeated(found: list[Repeat]) -> list[Repeated]:
    return [Repeated(one.code, one.batch_id, explained(one), _when(one.ended_at)) for one in found]


def _when(ended_at: datetime | None) -> str:
    return "It is on its way." if ended_at is None else f"Its run ended {moment(ended_at)}."
