"""The approval page: what would happen, whether this person may decide, what is unusual."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from allocations.domain.approval_policies import check_in_force
from allocations.domain.causes import cause_label
from allocations.domain.policy import Actor, BatchFacts, check_decide
from allocations.models import Acceptance, Batch
from allocations.presenters.approver_groups import why_not_count
from allocations.presenters.equations import Equation, Term
from allocations.presenters.holds import when
from allocations.presenters.numbers import grouped, points
from allocations.presenters.refusals import reason_of
from allocations.presenters.statuses import AWAITING_APPROVAL
from allocations.presenters.stories import person
from allocations.presenters.times import moment, span
from allocations.selectors.approvals import Oddity, facts_of
from allocations.selectors.comparing import Change
from allocations.selectors.holds import Hold
from allocations.selectors.votes import holding_approvals


@dataclass(frozen=True, slots=True)
class Effect:
    """What an approval would do, in rows and points. Balances are None while none was read."""

    rows: int
    points: int
    account: str
    balance: Decimal | None
    committed: Decimal

    @property
    def after(self) -> Decimal | None:
        return None if self.balance is None else self.balance - self.points

    @property
    def free_after(self) -> Decimal | None:
        """What is left for others once every approved batch has taken its points."""
        return None if self.after is None else self.after - self.committed

    @property
    def missing(self) -> Decimal:
        """Points that the account lacks for this batch and those approved before it; 0 if it holds enough."""
        return max(-self.free_after, Decimal(0)) if self.free_after is not None else Decimal(0)

    @property
    def shortage(self) -> str:
        return _(
            "%(missing)s are missing: the account holds %(balance)s, batches approved before take %(committed)s, this "
            "one %(points)s. Top up at EnKash, or the run pauses when the points end."
        ) % {
            "missing": points(self.missing),
            "balance": grouped(self.balance),
            "committed": grouped(self.committed),
            "points": grouped(self.points),
        }

    @property
    def start(self) -> str:
        """Without the balance, which changes while a run sends."""
        said = ngettext(
            "%(people)s person gets %(points)s from “%(account)s”.",
            "%(people)s people get %(points)s from “%(account)s”.",
            self.rows,
        )
        return said % {"people": grouped(self.rows), "points": points(self.points), "account": self.account}

    @property
    def sentence(self) -> str:
        if self.after is None:
            balance = _("Its balance has not been read yet.")
        else:
            balance = _("The balance goes from %(balance)s to %(after)s.") % {
                "balance": grouped(self.balance),
                "after": grouped(self.after),
            }
        return f"{self.start} {balance}"


def effect(batch: Batch, *, committed: Decimal) -> Effect:
    account = batch.account
    return Effect(
        rows=batch.row_count - batch.left_out_count,
        points=batch.points_total,
        account=account.name,
        balance=account.balance,
        committed=committed,
    )


def submitted_equation(batch: Batch) -> Equation:
    """The rows of the file = those that would be sent + those left out."""
    return Equation(
        whole=Term(batch.row_count, _("rows in file")),
        parts=(
            Term(batch.row_count - batch.left_out_count, _("submitted"), AWAITING_APPROVAL),
            Term(batch.left_out_count, _("left out")),
        ),
        remark=points(batch.points_total),
    )


def who_gets_points(batch: Batch) -> str:
    if batch.is_points_allocation:
        return _("New and existing people: everybody in the list")
    return _("New people only: whoever already has a card gets nothing")


def after_approval(start_at: datetime | None, *, now: datetime, hold: Hold) -> str:
    """When the run would begin, were the batch approved now."""
    then = when(hold, otherwise=_("at once"))
    if start_at is None:
        return _("The run begins by itself %(when)s") % {"when": then}
    if start_at <= now:
        told = {"when": then, "at": moment(start_at)}
        return _("The run begins by itself %(when)s: its start, %(at)s, has passed") % told
    return _("The run begins by itself at %(at)s; approved later than that, at once") % {"at": moment(start_at)}


def why_not(actor: Actor, facts: BatchFacts) -> str:
    """The sentence that keeps this person from deciding, or ""."""
    return reason_of(check_decide, actor, facts)


def unopened(must_be: Collection[int], opened: Collection[int]) -> str:
    """What domain.samples says where it refuses: the rows of the sample that are still to be opened, "" of none."""
    left = sorted(set(must_be) - set(opened))
    if not left:
        return ""
    said = ngettext("Open row %(rows)s of the sample first.", "Open rows %(rows)s of the sample first.", len(left))
    return said % {"rows": ", ".join(map(grouped, left))}


def unanswered(count: int) -> str:
    """What domain.questions says where it refuses; "" without an open question."""
    if not count:
        return ""
    said = ngettext(
        "%(number)s question about this list waits for an answer. Its makers answer, or who asked takes the question "
        "back; then it can be approved.",
        "%(number)s questions about this list wait for an answer. Its makers answer, or who asked takes the question "
        "back; then it can be approved.",
        count,
    )
    return said % {"number": grouped(count)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A batch of the queue. `why_not`: what keeps this person from deciding, or ""; `outside`: from approving only, as
    they are of no group that is asked for; `approvals`: how many it has, where
    it needs two; `void`: why nobody can approve it, or ""; `unanswered`: what an open question keeps from, or "".
    `in_force`: the number of the policy."""

    batch: Batch
    rows: int
    waits: str
    why_not: str
    approvals: str = ""
    void: str = ""
    unanswered: str = ""
    outside: str = ""


def waiting(batch: Batch, actor: Actor, *, in_force: int, open_questions: int, now: datetime) -> Waiting:
    facts = facts_of(batch)
    return Waiting(
        batch=batch,
        rows=batch.row_count - batch.left_out_count,
        waits=span(now - batch.submitted_at) if batch.submitted_at else "",
        why_not=why_not(actor, facts),
        approvals=_approvals(batch, now=now) if batch.approvers > 1 else "",
        void=reason_of(check_in_force, batch.policy, in_force),
        unanswered=unanswered(open_questions),
        outside=why_not_count(actor, batch, now=now),
    )


def _approvals(batch: Batch, *, now: datetime) -> str:
    figures = {"given": len(holding_approvals(batch, now=now)), "needed": batch.approvers}
    return _("%(given)s of %(needed)s approvals") % figures


@dataclass(frozen=True, slots=True)
class Unusual:
    """One kind of warning; `name` is what the cards of the review call it, `example` what the first such row says."""

    code: str
    name: str
    rows: int
    points: int
    example: str
    first_row: int | None
    # Why a maker lets it go, and who; "" for batches that were submitted before they were asked.
    reason: str = ""
    accepted_by: str = ""


def unusual(oddities: list[Oddity], given: Mapping[str, Acceptance], *, in_full: bool) -> list[Unusual]:
    """The example quotes a cell, so only those get it who may see the cell. `given`: by code."""
    return [
        Unusual(
            code=kind.code,
            name=_(cause_label(kind.code)),
            rows=kind.rows,
            points=kind.points,
            example=kind.example if in_full else "",
            first_row=kind.first_row,
            reason=given[kind.code].reason if kind.code in given else "",
            accepted_by=person(given[kind.code].accepted_by) if kind.code in given else "",
        )
        for kind in oddities
    ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """This batch beside the one before it from the same account."""

    before: Batch
    rows_before: int
    rows_now: int
    points_now: int

    @property
    def points_before(self) -> int:
        return self.before.points_total

    @property
    def rows_change(self) -> int:
        return self.rows_now - self.rows_before

    @property
    def points_change(self) -> int:
        return self.points_now - self.points_before

    @property
    def percent(self) -> str:
        """The change of points, to a tenth of a per cent."""
        if not self.points_before:
            return "–"
        tenths = round(self.points_change * 1000 / self.points_before)
        sign = "−" if tenths < 0 else "+" if tenths else ""
        return f"{sign}{grouped(abs(tenths) // 10)}.{abs(tenths) % 10} %"


CHANGES = {
    Change.NEW: gettext_lazy("New people"),
    Change.GONE: gettext_lazy("No longer in the list"),
    Change.POINTS: gettext_lazy("Other points"),
}


def comparison(batch: Batch, before: Batch | None) -> Comparison | None:
    if before is None:
        return None
    return Comparison(
        before=before,
        rows_before=before.row_count - before.left_out_count,
        rows_now=batch.row_count - batch.left_out_count,
        points_now=batch.points_total,
    )
