"""Totals as an equation that adds up in sight."""

from dataclasses import dataclass

from allocations.presenters.statuses import Status


@dataclass(frozen=True, slots=True)
class Term:
    """One count. `status` gives its shape; a term without one is only a number and a label."""

    number: int
    label: str
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Equation:
    """`whole` = the sum of `parts`. A page shows the parts even where they do not add up, and says so in red."""

    whole: Term
    parts: tuple[Term, ...]
    remark: str = ""

    @property
    def counted(self) -> int:
        return sum(part.number for part in self.parts)

    @property
    def adds_up(self) -> bool:
        return self.counted == self.whole.number
