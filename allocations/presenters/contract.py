"""How EnKash's answers differ from its documentation, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.enkash.contract.shapes import Call, Difference
from allocations.enkash.contract.wording import sentence
from allocations.models import ContractDifference
from allocations.models.contract import Mark
from allocations.presenters.home import Task
from allocations.presenters.numbers import counted
from allocations.presenters.statuses import FAILED, NEEDS_FIXING, Status
from allocations.presenters.stories import person
from allocations.presenters.times import moment
from allocations.selectors.contract import found_of

CALL_NAMES = {
    Call.LOGIN: "Authentication",
    Call.BULK: "Bulk Create And Allocate Rewards",
    Call.SINGLE: "Create And Allocate Points",
    Call.LOOK_UP: "Get Reward Transaction Details",
    Call.ACCOUNT: "Get Reward Account Details",
}
_MARKS = {
    Mark.OPEN: gettext_noop("open"),
    Mark.KNOWN: gettext_noop("known, it stays so"),
    Mark.MENDED: gettext_noop("mended by EnKash"),
}
BREAKS = Status(gettext_noop("Breaks"), FAILED.shape)
NEWS = Status(gettext_noop("News"), NEEDS_FIXING.shape)


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """`marked`: who looked at it and what they said, also where it is open again since."""

    one: ContractDifference
    call: str
    text: str
    status: Status
    seen: str
    marked: str

    @property
    def is_open(self) -> bool:
        return self.one.mark == Mark.OPEN


def difference_lines(found: Iterable[ContractDifference]) -> list[DifferenceLine]:
    return [
        DifferenceLine(
            one=one,
            call=CALL_NAMES[Call(one.call)],
            text=sentence(found_of(one), with_path=False),
            status=BREAKS if one.breaking else NEWS,
            seen=counted(one.count, "answer"),
            marked=said(one),
        )
        for one in found
    ]


def what(one: ContractDifference) -> str:
    """What EnKash does that its documentation does not say."""
    return sentence(found_of(one))


def said(one: ContractDifference) -> str:
    if one.marked_by is None:
        return ""
    who = f"{person(one.marked_by)}, {moment(one.marked_at)}: “{one.reason}”"
    if one.mark == Mark.OPEN:
        return _("Open again. Before: %(who)s") % {"who": who}
    return f"{capfirst(mark_words(one))}. {who}"


def mark_words(one: ContractDifference) -> str:
    return _(_MARKS[Mark(one.mark)])


def kind_words(one: ContractDifference) -> str:
    return {
        Difference.MISSING_FIELD: "a documented field is missing",
        Difference.OTHER_TYPE: "a field has another type",
        Difference.UNKNOWN_CODE: "a value is not documented",
        Difference.UNKNOWN_FIELD: "a field is not documented",
        Difference.UNKNOWN_TEXT: "a failure text is not documented",
    }[Difference(one.kind)]


def contract_task(breaking: int, news: int) -> list[Task]:
    """For an owner, while something is open."""
    if not breaking + news:
        return []
    address = reverse("allocations:contract")
    found = counted(breaking + news, "difference")
    title = _("%(differences)s between EnKash's answers and its documentation") % {"differences": found}
    detail = _("None stops anything.")
    if breaking:
        detail = _("%(number)s the portal cannot rely on: runs that meet them pause.") % {"number": breaking}
    return [Task(None if breaking else NEEDS_FIXING, title, detail, address, _("See the contract"))]
