"""When a run has gone wrong often enough that people should look before more of it is sent."""

from dataclasses import dataclass

from allocations.domain.numerals import grouped
from allocations.domain.pauses import Pause


@dataclass(frozen=True, slots=True)
class StopLossRules:
    """`percent` of failed rows that stops a run, 0 for never; not before `minimum_rows` are decided."""

    percent: int
    minimum_rows: int
    at_first_unknown: bool


@dataclass(frozen=True, slots=True)
class Lately:
    """Rows since the run began or was resumed last; `unknown`: those that became unknown just now."""

    decided: int
    failed: int
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Loss:
    """Why to stop, and the figures for the sentence."""

    pause: Pause
    detail: str


def loss(lately: Lately, *, rules: StopLossRules) -> Loss | None:
    """The reason to stop now, or None."""
    if rules.at_first_unknown and lately.unknown:
        return Loss(Pause.FIRST_UNKNOWN, f"{grouped(lately.unknown)} unknown")
    enough = rules.percent and lately.decided >= rules.minimum_rows
    if enough and lately.failed * 100 >= rules.percent * lately.decided:
        share = lately.failed * 100 // lately.decided
        figures = f"{grouped(lately.failed)} of {grouped(lately.decided)} rows failed, {share} %"
        return Loss(Pause.STOP_LOSS, f"{figures}; the limit is {rules.percent} %")
    return None
