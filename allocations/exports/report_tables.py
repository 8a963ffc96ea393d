"""What each table of the reports holds: columns, lines, and which of its sums the year's total knows too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from allocations.exports import report_people
from allocations.exports.cells import FIGURES, Cell, Kind, ist, points
from allocations.exports.resource import ExportField
from allocations.presenters.causes import cause_lines
from allocations.presenters.reports import outcome_lines
from allocations.presenters.times import month
from allocations.selectors import reports
from allocations.selectors.reports import Given, Period

Lines = list[tuple[Cell, ...]]
_SUMS = frozenset({"Rows credited", "Points given", "Rows failed"})


@dataclass(frozen=True, slots=True)
class Table:
    """`adds_up`: headers whose sums have to be those of the year. `has_total`: whether a last line adds the figures.

    `of_accounts`: whether it can be of one account alone.
    """

    title: str
    columns: tuple[ExportField, ...]
    lines: Callable[[Period], Lines]
    adds_up: frozenset[str] = _SUMS
    has_total: bool = True
    of_accounts: bool = True
    personal_data: str = "none of recipients: sums only, EnKash's texts masked"
    as_the_page: str = "by the day on which a run began, as it stands now"

    def sums(self, lines: Sequence[Sequence[Cell]]) -> Mapping[str, Cell]:
        """Of the figures, by header."""
        return {
            column.column_name: sum(line[index] or 0 for line in lines)  # type: ignore[misc]  # figures only
            for index, column in enumerate(self.columns)
            if column.kind in FIGURES
        }


def total_of(table: Table, lines: Sequence[Sequence[Cell]]) -> tuple[Cell, ...]:
    """The last line, () for a table without one."""
    if not table.has_total:
        return ()
    sums = table.sums(lines)
    return ("Total", *(sums.get(column.column_name, "") for column in table.columns[1:]))


def _columns(*headers: str, figures: str = "") -> tuple[ExportField, ...]:
    """`figures`: the kind of each column, w for whole numbers, p for points, . for words."""
    kinds = {"w": Kind.WHOLE, "p": Kind.POINTS, ".": Kind.CODE}
    return tuple(ExportField(name, name, kinds[kind]) for name, kind in zip(headers, figures, strict=True))


def _months(period: Period) -> Lines:
    return [
        (month(one.start), one.credited, points(one.credited_points), one.reversed, points(one.net), one.failed)
        for one in reports.given_by_month(period)
    ]


def _given(found: Sequence[Given]) -> Lines:
    return [(one.key, one.credited, points(one.credited_points), one.failed, one.failed_points) for one in found]


def _outcomes(period: Period) -> Lines:
    lines = outcome_lines(reports.rows_by_outcome(period))
    return [(one.words, one.rows, "" if one.points is None else points(Decimal(one.points))) for one in lines]


def _causes(period: Period) -> Lines:
    lines = cause_lines(reports.failures(period, limit=None))
    return [(one.words, one.said, one.next_step, one.rows, one.points) for one in lines]


def _runs(period: Period) -> Lines:
    return [
        (
            f"Run {one.run.generation} of batch {one.run.batch_id}",
            one.run.batch.purpose,
            one.run.batch.account.name,
            ist(one.run.started_at) if one.run.started_at else "",
            points(one.opening),
            points(one.credited),
            one.returned,
            points(one.closing),
            points(one.unexplained),
        )
        for one in reports.reconciled_runs(period, limit=None)
    ]


def _by(head: str) -> tuple[ExportField, ...]:
    return _columns(head, "Rows credited", "Points given", "Rows failed", "Points not given", figures=".wpww")


TABLES: Mapping[str, Table] = {
    "months": Table(
        "By month",
        _columns(
            *("Month", "Rows credited", "Points given", "Points taken back", "Points net", "Rows failed"),
            figures=".wpwpw",
        ),
        _months,
        adds_up=_SUMS | {"Points taken back", "Points net"},
    ),
    "programmes": Table("By programme", _by("Purpose"), lambda p: _given(reports.given_by_programme(p, limit=None))),
    "accounts": Table("By account", _by("Account"), lambda p: _given(reports.given_by_account(p, limit=None))),
    "makers": Table("By maker", _by("Maker"), lambda p: _given(reports.given_by_maker(p, limit=None))),
    "outcomes": Table("By outcome", _columns("Outcome", "Rows", "Points", figures=".wp"), _outcomes, has_total=False),
    "causes": Table(
        "Failed rows by cause",
        _columns("Cause", "EnKash says", "What to do", "Rows failed", "Points not given", figures="...ww"),
        _causes,
        adds_up=frozenset({"Rows failed"}),
    ),
    "runs": Table(
        "Runs against EnKash's balances",
        _columns(
            *("Run", "Purpose", "Account", "Began at", "Opening", "Credited", "Came back", "Closing", "Unexplained"),
            figures="....ppwpp",
        ),
        _runs,
        adds_up=frozenset(),
        has_total=False,
    ),
    "people": Table(
        "People near the gift limit",
        _columns(*report_people.HEADERS, figures="ww..wppppwp"),
        report_people.lines,
        adds_up=frozenset(),
        has_total=False,
        of_accounts=False,
        personal_data="masked",
        as_the_page="by the day on which points came or went, as it was counted last",
    ),
}
