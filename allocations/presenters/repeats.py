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
    return [Repeated(code_of(one), one.batch_id, explained(one), _when(one.ended_at)) for one in found]


def code_of(repeat: Repeat) -> str:
    return f"repeat_{repeat.batch_id}"


def _when(ended_at: datetime | None) -> str:
    return "It is on its way." if ended_at is None else f"Its run ended {moment(ended_at)}."
