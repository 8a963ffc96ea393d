"""Repairs of many rows at once: what they are called, what one would change, which a list has had."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from allocations.domain.causes import cause_label
from allocations.domain.repairs import Kind, Step, offered
from allocations.models import Repair, Row
from allocations.presenters.numbers import grouped, points
from allocations.presenters.people import for_reader
from allocations.presenters.review_grid import FIELDS
from allocations.presenters.stories import person
from allocations.services.repairs import Plan

PAGE_SIZE = 100
NAMES = {
    Kind.EMPTY: gettext_lazy("Leave these cells empty"),
    Kind.KEEP_FIRST: gettext_lazy("Keep the first of equal rows"),
    Kind.SUM: gettext_lazy("Give each person one row with the sum"),
}
WHAT = {
    Kind.EMPTY: gettext_lazy(
        "The rows go without these cells, which nobody has to fill. Nothing else of them changes."
    ),
    Kind.KEEP_FIRST: gettext_lazy(
        "Of rows that are equal in every column, the first stays as it is and the others are left out."
    ),
    Kind.SUM: gettext_lazy(
        "The first row of a person gets the points of all of them, and the others are left out. Name and e-mail "
        "are the same in each; title, remarks and reference are those of the first."
    ),
}
STAY = {
    Kind.EMPTY: gettext_lazy("their cell has to be filled"),
    Kind.KEEP_FIRST: gettext_lazy("they are not equal in every column, or have errors besides"),
    Kind.SUM: gettext_lazy(
        "their names or e-mails differ, they have other problems of this kind or errors, or the sum is above the "
        "limit for one row"
    ),
}


@dataclass(frozen=True, slots=True)
class Offer:
    kind: Kind
    name: str


def offers(code: str) -> list[Offer]:
    """The repairs that a cause of problems can have."""
    return [Offer(kind, str(NAMES[kind])) for kind in offered(code)]


@dataclass(frozen=True, slots=True)
class RepairLine:
    """One row as it is and as it would be."""

    number: int
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RepairPage:
    """`will`: the change in words, for a sentence and a button; `stay`: what becomes of the other rows, "" of none;
    `next`: the page's last step, None on the last page."""

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
    left_out = len(plan.left_out)
    changes = ngettext("change %(cells)s cell", "change %(cells)s cells", plan.cells) % {"cells": grouped(plan.cells)}
    leaves = ngettext("leave out %(rows)s row", "leave out %(rows)s rows", left_out) % {"rows": grouped(left_out)}
    if plan.cells and left_out:
        return _("%(changes)s and %(leaves)s") % {"changes": changes, "leaves": leaves}
    return changes if plan.cells else leaves if left_out else ""


def _stay(plan: Plan) -> str:
    """Of rows with the problem. Those that a step keeps, without changing them, are part of it."""
    stay = plan.having - len({number for step in plan.steps for number in (step.number, *step.left_out)})
    if stay <= 0:
        return ""
    said = ngettext(
        "%(rows)s row with this problem stay as they are: %(because)s.",
        "%(rows)s rows with this problem stay as they are: %(because)s.",
        stay,
    )
    return said % {"rows": grouped(stay), "because": STAY[plan.kind]}


def _lines(step: Step, rows: Mapping[int, Row], *, in_full: bool) -> Iterable[RepairLine]:
    first = rows[step.number]
    name = for_reader(first.name, in_full)
    for field in step.texts:
        yield RepairLine(step.number, name, _now(first, field, in_full=in_full), _then(field, step.texts[field]))
    if not step.texts:
        yield RepairLine(step.number, name, points(first.amount), _("stays as it is"))
    for number in step.left_out:
        row = rows[number]
        taken = _("left out; its points go with row %(row)s") % {"row": grouped(step.number)}
        gone = taken if step.texts else _("left out")
        yield RepairLine(number, for_reader(row.name, in_full), points(row.amount), gone)


def _now(row: Row, field: str, *, in_full: bool) -> str:
    if field == "amount":
        return points(row.amount)
    text = (row.edits or {}).get(field, row.raw.get(field, ""))
    shown = text if in_full else _("hidden")
    return f"{FIELDS[field]}: {shown}"


def _then(field: str, text: str) -> str:
    if field == "amount":
        return points(int(text))
    empty = _("empty")
    return f"{FIELDS[field]}: {empty}"


@dataclass(frozen=True, slots=True)
class Made:
    """A repair that can be undone."""

    id: int
    text: str
    by: str
    at: datetime


def made(repairs: Iterable[Repair]) -> list[Made]:
    return [Made(one.pk, _made(one), person(one.made_by), one.made_at) for one in repairs]


def _made(one: Repair) -> str:
    said = ngettext("%(repair)s: %(cause)s, %(rows)s row", "%(repair)s: %(cause)s, %(rows)s rows", one.row_count)
    names = {"repair": NAMES[Kind(one.kind)], "cause": _(cause_label(one.code))}
    return said % {**names, "rows": grouped(one.row_count)}
