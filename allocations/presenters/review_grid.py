"""The rows of a list before submission: their cells as they stand in the grid, and what can be done with each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from allocations.domain.causes import cause_label
from allocations.domain.mending import RAGGED
from allocations.domain.states import RowState
from allocations.models import Problem, Row, Upload
from allocations.presenters.numbers import NO_VALUE, grouped
from allocations.presenters.people import for_reader, masked_email, masked_mobile, mobile
from allocations.presenters.readings import cell_notes
from allocations.presenters.statuses import NEEDS_FIXING, Status
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


@dataclass(frozen=True, slots=True)
class Said:
    """One problem in words. `is_error` False is a warning."""

    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """`place` names it on the page: “Mobile of row 12”. `found` is what the file had, where the value was read
    differently or not at all; `note` says in which cell and what that was. `edit`: where it is changed, or "". `seen`:
    of a mended cell, the fingerprint with which it is put back."""

    id: str
    place: str
    field: str
    label: str
    value: str
    found: str
    note: str
    said: tuple[Said, ...]
    css: str = "cell"
    edit: str = ""
    is_mended: bool = False
    seen: str = ""

    @property
    def kind(self) -> str:
        """How its value is set."""
        return _KINDS.get(self.field, "num")

    @property
    def has_more(self) -> bool:
        """Whether there is more to it than its value."""
        return bool(self.found or self.note or self.is_mended)


@dataclass(frozen=True, slots=True)
class Line:
    """`place` names it on the page: “row 12”."""

    number: int
    place: str
    cells: tuple[Cell, ...]
    said: tuple[Said, ...]
    status: Status
    can_leave_out: bool
    can_take_back: bool
    is_left_out: bool

    @property
    def said_of(self) -> tuple[Cell, ...]:
        """The cells about which there is something to say."""
        return tuple(cell for cell in self.cells if cell.said)

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
        return not self.is_left_out and bool(self.said or self.said_of)


def lines(
    rows: Iterable[Row],
    *,
    unmasked: bool,
    can_change: bool = False,
    kept: bool = False,
    upload: Upload | None = None,
    query: str = "",
) -> list[Line]:
    """`unmasked` False hides mobiles and e-mails, also where a problem's sentence or the raw text would show them.
    `kept`: the batch keeps every row that may have been sent. `upload`: how the rows were read. `query`: that of the
    page, to which an editor leads back."""
    words = _Words(query)
    return [_line(row, words, upload=upload, unmasked=unmasked, can_change=can_change, kept=kept) for row in rows]


class _Words:
    """What stands in every row, looked up in the reader's language once for all of them."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.row = _("row %(row)s")
        self.place = _("%(field)s of row %(row)s")
        self.labels = {field: str(label) for field, label in FIELDS.items()}
        self.nothing = {field: str(_NONE.get(field, NO_VALUE)) for field in FIELDS}


def _line(row: Row, words: _Words, *, upload: Upload | None, unmasked: bool, can_change: bool, kept: bool) -> Line:
    problems = list(row.problems.all())
    notes = cell_notes(row, upload)
    is_left_out = row.state == RowState.LEFT_OUT
    can_mend = can_change and not (is_left_out or kept or RAGGED.intersection(one.code for one in problems))
    row_at = reverse("allocations:row", args=[row.batch_id, row.number]) if can_mend else ""
    return Line(
        number=row.number,
        place=words.row % {"row": row.number},
        cells=tuple(
            _cell(row, field, problems, words, note=notes.get(field, ""), row_at=row_at, unmasked=unmasked)
            for field in FIELDS
        ),
        said=_said((one for one in problems if one.field not in FIELDS), unmasked=unmasked),
        status=_status(row),
        can_leave_out=can_change and not is_left_out and (row.error_count > 0 or not kept),
        can_take_back=can_change and is_left_out,
        is_left_out=is_left_out,
    )


def _cell(
    row: Row, field: str, problems: Sequence[Problem], words: _Words, *, note: str, row_at: str, unmasked: bool
) -> Cell:
    is_mended = field in (row.edits or {})
    said = _said((one for one in problems if one.field == field), unmasked=unmasked) if problems else ()
    return Cell(
        id=f"cell-{row.number}-{field}",
        place=words.place % {"field": words.labels[field], "row": row.number},
        field=field,
        label=words.labels[field],
        value=_value(row, field, unmasked=unmasked) or words.nothing[field],
        found=str(row.raw.get(field, "")) if unmasked else "",
        note=note,
        said=said,
        css=_css(said),
        edit=f"{row_at}cells/{field}/?{words.query}" if row_at else "",
        is_mended=is_mended,
        seen=fingerprint(row, field) if is_mended else "",
    )


def _css(said: tuple[Said, ...]) -> str:
    if any(one.is_error for one in said):
        return "cell bad"
    return "cell odd" if said else "cell"


def _value(row: Row, field: str, *, unmasked: bool) -> str:
    """ "" where the cell holds none."""
    match field:
        case "mobile":
            return mobile(row.mobile) if unmasked else masked_mobile(row.mobile)
        case "email" if row.email:
            return row.email if unmasked else masked_email(row.email)
        case "amount":
            return grouped(row.amount)
        case _:
            return for_reader(getattr(row, field), unmasked)


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
