"""The parts of docs/ that are facts of the core: printed from its tables, and compared by a test."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TypeVar

from allocations.domain.calls import RULES, RowsAfter
from allocations.domain.decisions import PROPOSAL
from allocations.domain.pauses import ADVICE
from allocations.domain.reversals import REVERSAL
from allocations.domain.states import ATTEMPT, BATCH, ROW, RUN

State = TypeVar("State", bound=StrEnum)
Event = TypeVar("Event", bound=StrEnum)

_ROWS_AFTER = {
    RowsAfter.PER_ROW: "each as the answer says",
    RowsAfter.BACK: "back to pending (unknown if an earlier call is still open)",
    RowsAfter.UNKNOWN: "unknown",
}


def sections() -> Iterator[str]:
    """Every printed part, each as it stands in its document."""
    yield diagram(BATCH)
    yield diagram(RUN)
    yield diagram(ROW)
    yield diagram(ATTEMPT)
    yield diagram(PROPOSAL)
    yield diagram(REVERSAL)
    yield calls_table()
    yield pauses_table()


def diagram(table: Mapping[tuple[State, Event], State]) -> str:
    """A table of transitions as a Mermaid diagram. It starts at the first state of its enumeration."""
    first = next(iter(type(next(iter(table))[0])))
    lines = [f"    {source} --> {target}: {event}" for (source, event), target in table.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *lines, "```"])


def calls_table() -> str:
    """What each end of a bulk call means for its rows and for the run."""
    lines = [
        f"| `{result}` | {_ROWS_AFTER[rule.rows]} | {_pause(rule.breaker, rule.pause)} "
        f"| {'yes' if rule.backs_off else 'no'} |"
        for result, rule in RULES.items()
    ]
    return "\n".join(
        ["| result | rows | pauses the run | waits before the next call |", "| --- | --- | --- | --- |", *lines]
    )


def _pause(breaker: int, pause: StrEnum | None) -> str:
    if pause is None:
        return "no"
    return f"`{pause}`, at once" if breaker == 1 else f"`{pause}`, after {breaker} in a row"


def pauses_table() -> str:
    """Why a run pauses and what to do, in the words of the pages."""
    lines = [f"| `{pause}` | {what} | {to_do} |" for pause, (what, to_do) in ADVICE.items()]
    return "\n".join(["| pause | what happened | what to do |", "| --- | --- | --- |", *lines])
