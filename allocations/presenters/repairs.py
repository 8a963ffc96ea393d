"""Repairs of many rows at once: what they are called, what one would change, which a list has had."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from allocations.domain.causes import cause_label
from allocations.domain.repairs import Kind, Step, offered
from allocations.models import Repair, Row
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.people import for_reader
from allocations.presenters.review import FIELDS
from allocations.presenters.stories import person
from allocations.services.repairs import Plan

PAGE_SIZE = 100
NAMES = {
    Kind.EMPTY: "Leave these cells empty",
    Kind.KEEP_FIRST: "Keep the first of equal rows",
    Kind.SUM: "Give each person one row with the sum",
}
WHAT = {
    Kind.EMPTY: "The rows go without these cells, which nobody has to fill. Nothing else of them changes.",
    Kind.KEEP_FIRST: "Of rows that are equal in every column, the first stays as it is and the others are left out.",
    Kind.SUM: "The first row of a person gets the points of all of them, and the others are left out. Name and e-mail "
    "are the same in each; title, remarks and reference are those of the first.",
}
STAY = {
    Kind.EMPTY: "their cell has to be filled",
    Kind.KEEP_FIRST: "they are not equal in every column, or have errors besides",
    Kind.SUM: "their names or e-mails differ, they have other problems of this kind or errors, or the sum is above the "
    "limit for one row",
}


@dataclass(frozen=True, slots=True)
class Offer:
    kind: Kind
    name: str


def offers(code: str) -> list[Offer]:
    """The repairs that a cause of problems can have."""
    return [Offer(kind, NAMES[kind]) for kind in offered(code)]


@dataclass(frozen=True, slots=True)
class RepairLine:
    """One row as it is and as it would be."""

    number: int
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RepairPage:
    """`will`: the change in words; `stay`: what becomes of the other rows, "" of none; `next`: the page's last step,
    None on the last page."""

    lines: tuple[RepairLine, ...]
    will: str
    stay: str
    next: int | None


def repair_page(plan: Plan, *, after: int, in_full: bool) -> RepairPage:
    """A page of whole steps above the row number `after`."""
    left = [step for step in plan.steps if step.number > after]
    shown = left[:PAGE_SIZE]
    return RepairPage(
        lines=tuple(line for step in shown for line in _lines(step, plan.rows, in_full=in_full)),
        will=_will(plan),
        stay=_stay(plan),
        next=shown[-1].number if len(left) > len(shown) else None,
    )


def _will(plan: Plan) -> str:
    changes = f"change {counted(plan.cells, 'cell')}" if plan.cells else ""
    leaves = f"leave out {counted(len(plan.left_out), 'row')}" if plan.left_out else ""
    return " and ".join(part for part in (changes, leaves) if part)


def _stay(plan: Plan) -> str:
    """Of rows with the problem. Those that a step keeps, without changing them, are part of it."""
    stay = plan.having - len({number for step in plan.steps for number in (step.number, *step.left_out)})
    return f"{counted(stay, 'row')} with this problem stay as they are: {STAY[plan.kind]}." if stay > 0 else ""


def _lines(step: Step, rows: Mapping[int, Row], *, in_full: bool) -> Iterable[RepairLine]:
    first = rows[step.number]
    name = for_reader(first.name, in_full)
    for field in step.texts:
        yield RepairLine(step.number, name, _now(first, field, in_full=in_full), _then(field, step.texts[field]))
    if not step.texts:
        yield RepairLine(step.number, name, points(first.amount), "stays as it is")
    for number in step.left_out:
        row = rows[number]
        gone = f"left out; its points go with row {grouped(step.number)}" if step.texts else "left out"
        yield RepairLine(number, for_reader(row.name, in_full), points(row.amount), gone)


def _now(row: Row, field: str, *, in_full: bool) -> str:
    if field == "amount":
        return points(row.amount)
    text = (row.edits or {}).get(field, row.raw.get(field, ""))
    return f"{FIELDS[field]}: {text if in_full else 'hidden'}"


def _then(field: str, text: str) -> str:
    return points(int(text)) if field == "amount" else f"{FIELDS[field]}: empty"


@dataclass(frozen=True, slots=True)
class Made:
    """A repair that can be undone."""

    id: int
    text: str
    by: str
    at: datetime


def made(repairs: Iterable[Repair]) -> list[Made]:
    return [
        Made(
            one.pk,
            f"{NAMES[Kind(one.kind)]}: {cause_label(one.code)}, {counted(one.row_count, 'row')}",
            person(one.made_by),
            one.made_at,
        )
        for one in repairs
    ]
