"""A list before submission: how it adds up, what keeps it from being submitted, its rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from allocations.domain.causes import cause_label
from allocations.domain.mending import RAGGED
from allocations.domain.states import RowState
from allocations.models import Batch, Problem, Row, Upload
from allocations.presenters.equations import Equation, Term
from allocations.presenters.numbers import NO_VALUE, grouped
from allocations.presenters.people import for_reader, masked_email, masked_mobile, mobile
from allocations.presenters.readings import cell_notes
from allocations.presenters.statuses import NEEDS_FIXING, Status
from allocations.selectors.review import Show
from allocations.services.mending import fingerprint

# In the order in which one goes through a row.
FIELDS = {
    "name": gettext_lazy("Name"),
    "title": gettext_lazy("Title"),
    "mobile": gettext_lazy("Mobile"),
    "email": gettext_lazy("E-mail"),
    "amount": gettext_lazy("Points"),
    "remarks": gettext_lazy("Remarks"),
    "client_reference": gettext_lazy("Reference"),
}
# Who gets what: enough to recognise a row.
_CHIEF = frozenset({"name", "mobile", "email", "amount"})
# In a column with another cell one would not see which of the two a dash stands for.
_NONE = {
    "title": gettext_lazy("no title"),
    "email": gettext_lazy("no e-mail"),
    "remarks": gettext_lazy("no remarks"),
    "client_reference": gettext_lazy("no reference"),
}
_KINDS = {"name": "name", "remarks": "name", "email": "mail", "client_reference": "mail"}
# The columns of the grid, and which cells stand in each.
COLUMNS = (
    (gettext_lazy("Name and title"), ("name", "title")),
    (gettext_lazy("Mobile and e-mail"), ("mobile", "email")),
    (gettext_lazy("Points"), ("amount",)),
    (gettext_lazy("Remarks and reference"), ("remarks", "client_reference")),
)


def review_equation(batch: Batch, *, rows_in_file: int) -> Equation:
    """`rows_in_file` is what the reader counted; the parts are what is stored, so a lost row shows."""
    return Equation(
        whole=Term(rows_in_file, _("rows in file")),
        parts=(
            Term(ready_rows(batch), _("ready")),
            Term(batch.error_rows, _("needs fixing"), NEEDS_FIXING),
            Term(batch.left_out_count, _("left out by you")),
        ),
        remark=_carried(batch.points_total) if batch.error_rows == 0 else "",
    )


def _carried(points: int) -> str:
    said = ngettext("Ready rows carry %(points)s point", "Ready rows carry %(points)s points", points)
    return said % {"points": grouped(points)}


def ready_rows(batch: Batch) -> int:
    return batch.row_count - batch.left_out_count - batch.error_rows


def reason_against_submitting(
    batch: Batch,
    *,
    adds_up: bool = True,
    refused: str = "",
    unconfirmed: int = 0,
    unaccepted: str = "",
    limit: str = "",
    repeated: str = "",
) -> str:
    """Why the submit button is off, "" when it is on. `refused`: what the policy says to this person; `unconfirmed`:
    how many questions about the file are open; `unaccepted`: which warnings are not accepted; `limit`: the one that the
    batch is beyond; `repeated`: what another batch that gives the same has against it."""
    if refused:
        return refused
    if not adds_up:
        return _("The rows do not add up: upload the list again.")
    if batch.error_rows:
        said = ngettext(
            "%(rows)s row still has errors: fix them or leave them out.",
            "%(rows)s rows still have errors: fix them or leave them out.",
            batch.error_rows,
        )
        return said % {"rows": grouped(batch.error_rows)}
    if unconfirmed:
        return _("How the file was read is not confirmed yet: look at it below.")
    if ready_rows(batch) < 1:
        return _("No row is left to submit. Upload a list with at least one row.")
    return limit or unaccepted or repeated


@dataclass(frozen=True, slots=True)
class Said:
    """One problem in words. `is_error` False is a warning."""

    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """`place` names it on the page: “Mobile of row 12”. `found` is what the file had, where the value was read
    differently or not at all; `note` says in which cell and what that was. `seen`: of a mended cell, the fingerprint
    with which it is put back."""

    id: str
    place: str
    field: str
    value: str
    found: str
    note: str
    said: tuple[Said, ...]
    is_mended: bool = False
    seen: str = ""

    @property
    def label(self) -> str:
        return str(FIELDS[self.field])

    @property
    def kind(self) -> str:
        """How its value is set."""
        return _KINDS.get(self.field, "num")

    @property
    def css(self) -> str:
        if any(one.is_error for one in self.said):
            return "bad"
        return "odd" if self.said else ""


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    cells: tuple[Cell, ...]
    said: tuple[Said, ...]
    status: Status
    can_leave_out: bool
    can_take_back: bool
    can_mend: bool

    @property
    def chief(self) -> tuple[Cell, ...]:
        """Who gets what, where a row is only to be recognised."""
        return tuple(cell for cell in self.cells if cell.field in _CHIEF)

    @property
    def columns(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells as they stand in COLUMNS."""
        by_field = {cell.field: cell for cell in self.cells}
        return tuple(tuple(by_field[field] for field in fields) for _label, fields in COLUMNS)

    @property
    def has_problem(self) -> bool:
        """Whether there is something to do about it; a row that was left out is done with."""
        return not self.can_take_back and (bool(self.said) or any(cell.said for cell in self.cells))


def lines(rows: Iterable[Row], *, unmasked: bool, kept: bool = False, upload: Upload | None = None) -> list[Line]:
    """`unmasked` False hides mobiles and e-mails, also where a problem's sentence or the raw text would show them.
    `kept`: the batch keeps every row that may have been sent. `upload`: how the rows were read."""
    return [_line(row, upload=upload, unmasked=unmasked, kept=kept) for row in rows]


def _line(row: Row, *, upload: Upload | None, unmasked: bool, kept: bool) -> Line:
    problems = list(row.problems.all())
    notes = cell_notes(row, upload)
    is_left_out = row.state == RowState.LEFT_OUT
    return Line(
        number=row.number,
        cells=tuple(_cell(row, field, problems, note=notes.get(field, ""), unmasked=unmasked) for field in FIELDS),
        said=_said((one for one in problems if one.field not in FIELDS), unmasked=unmasked),
        status=_status(row),
        can_leave_out=not is_left_out and (row.error_count > 0 or not kept),
        can_take_back=is_left_out,
        can_mend=not is_left_out and not kept and not RAGGED.intersection(one.code for one in problems),
    )


def _cell(row: Row, field: str, problems: Iterable[Problem], *, note: str, unmasked: bool) -> Cell:
    is_mended = field in (row.edits or {})
    return Cell(
        id=f"cell-{row.number}-{field}",
        place=_("%(field)s of row %(row)s") % {"field": FIELDS[field], "row": row.number},
        field=field,
        value=_value(row, field, unmasked=unmasked),
        found=str(row.raw.get(field, "")) if unmasked else "",
        note=note,
        said=_said((one for one in problems if one.field == field), unmasked=unmasked),
        is_mended=is_mended,
        seen=fingerprint(row, field) if is_mended else "",
    )


def _value(row: Row, field: str, *, unmasked: bool) -> str:
    match field:
        case "mobile":
            value = mobile(row.mobile) if unmasked else masked_mobile(row.mobile)
        case "email" if row.email:
            value = row.email if unmasked else masked_email(row.email)
        case "amount":
            value = grouped(row.amount)
        case _:
            value = for_reader(getattr(row, field), unmasked)
    return value or str(_NONE.get(field, NO_VALUE))


def _said(problems: Iterable[Problem], *, unmasked: bool) -> tuple[Said, ...]:
    return tuple(
        Said(_sentence(one) if unmasked else f"{_(cause_label(one.code))}.", one.severity == "error")
        for one in problems
    )


def _sentence(problem: Problem) -> str:
    """The message follows the name of its column, which stands before it as a label."""
    return problem.message[:1].upper() + problem.message[1:]


def _status(row: Row) -> Status:
    if row.state == RowState.LEFT_OUT:
        return Status(gettext_noop("left out"))
    if row.error_count:
        return NEEDS_FIXING
    return Status(gettext_noop("warning")) if row.warning_count else Status(gettext_noop("ready"))


def opening_show(batch: Batch) -> Show:
    """The grid opens on what needs work."""
    if batch.error_rows:
        return Show.ERRORS
    return Show.WARNINGS if batch.warning_rows else Show.ALL


@dataclass(frozen=True, slots=True)
class Tab:
    show: Show
    label: str
    rows: int


def tabs(batch: Batch) -> tuple[Tab, ...]:
    return (
        Tab(Show.ERRORS, _("Errors"), batch.error_rows),
        Tab(Show.WARNINGS, _("Warnings"), batch.warning_rows),
        Tab(Show.ALL, _("All"), batch.row_count),
        Tab(Show.LEFT_OUT, _("Left out"), batch.left_out_count),
    )
