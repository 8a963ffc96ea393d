"""Approval policies in words: their terms, who agreed on them, and how they would have treated the batches of late."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.urls import reverse

from allocations.domain.approval_policies import (
    FIRST,
    TERMS,
    Limit,
    Past,
    Terms,
    Treated,
    can_confirm,
    can_decide_proposed,
    check_confirm,
)
from allocations.domain.decisions import ProposalState
from allocations.domain.policy import Actor
from allocations.models import ApprovalPolicy, Batch
from allocations.presenters.home import Task
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.refusals import reason_of
from allocations.presenters.statuses import AWAITING_APPROVAL
from allocations.presenters.stories import person
from allocations.presenters.times import moment

LABELS = {
    "two_from_points": "Two approvers from this many points",
    "two_from_rows": "Two approvers from this many rows",
    "most_points_batch": "Most points of a batch",
    "most_points_day": "Most points of an account in a day (IST)",
    "most_points_row": "Most points of a row",
    "most_points_person_month": "Most points of a person in a month (IST)",
    "allowed_amounts": "Amounts that a row may give",
}
_HINTS = {
    "most_points_person_month": "By mobile, over all batches approved in the month",
    "allowed_amounts": "Such as 500, 1,000, 2,500: a comma and a space between amounts",
}
_LIMITS = {
    Limit.BATCH: "points of a batch",
    Limit.DAY: "points of a day",
    Limit.ROW: "points of a row",
    Limit.PERSON: "points of a person",
    Limit.AMOUNT: "amounts of its rows",
}


@dataclass(frozen=True, slots=True)
class TermLine:
    """`proposed` is "" where nothing is proposed; `differs` where it is something else. `hint`: beside its field."""

    name: str
    label: str
    now: str
    proposed: str = ""
    differs: bool = False
    hint: str = ""

    @property
    def is_list(self) -> bool:
        """Several numbers, which no keyboard of digits can type."""
        return self.name == "allowed_amounts"


def term_lines(now: Terms, proposed: Terms | None = None, *, ceilings: Mapping[str, int]) -> list[TermLine]:
    lines = []
    for name in TERMS:
        old = _value(name, getattr(now, name), ceilings)
        new = "" if proposed is None else _value(name, getattr(proposed, name), ceilings)
        lines.append(TermLine(name, LABELS[name], old, new, bool(new) and new != old, _HINTS.get(name, "")))
    return lines


def _value(name: str, value: int | tuple[int, ...] | None, ceilings: Mapping[str, int]) -> str:
    if isinstance(value, tuple):
        return f"{', '.join(map(grouped, value))} points"
    if value is None and name == "allowed_amounts":
        return "any"
    if value is None and name in ceilings:
        return f"{points(ceilings[name])}, as installed"
    if value is None:
        return "never" if name.startswith("two_from") else "no limit"
    if name in ceilings and ceilings[name] < value:
        return f"{points(ceilings[name])}, as installed (the policy says {points(value)})"
    return counted(value, "row") if name == "two_from_rows" else points(value)


def typed(terms: Terms) -> dict[str, str]:
    """As somebody would type them: nothing where there is no rule."""
    return {name: _typed(value) for name, value in asdict(terms).items()}


def _typed(value: int | tuple[int, ...] | None) -> str:
    if isinstance(value, tuple):
        # Without groups, so that no comma can be taken for another.
        return ", ".join(map(str, value))
    return "" if value is None else grouped(value)


@dataclass(frozen=True, slots=True)
class Desk:
    """A proposal and what this person can do about it. `why_not`: what keeps them from confirming; `no`: how they can
    say no, "" for those who cannot."""

    policy: ApprovalPolicy
    text: str
    why_not: str
    no: str


def desk(policy: ApprovalPolicy, actor: Actor, *, by_an_owner: bool) -> Desk:
    own = actor.id == policy.proposed_by_id
    return Desk(
        policy=policy,
        text=f"{person(policy.proposed_by)} proposed it, {moment(policy.proposed_at)}: “{policy.note}”",
        why_not=reason_of(check_confirm, actor, proposed_by_id=policy.proposed_by_id, by_an_owner=by_an_owner),
        no=("Withdraw" if own else "Reject") if can_decide_proposed(actor) else "",
    )


def warnings(terms: Terms, *, approvers: int, number: int, void: tuple[int, int]) -> list[str]:
    """What follows from these terms at once. `approvers`: active ones; `number`: of the policy in force; `void`: how
    many batches wait under it, and how many runs have not begun."""
    said = []
    if approvers < 2 and (terms.two_from_points or terms.two_from_rows):
        said.append(f"Only {counted(approvers, 'person is', 'people are')} approver now: nobody could approve second.")
    waiting, queued = void
    if waiting:
        batches = counted(waiting, "batch waits", "batches wait")
        said.append(f"{batches} for approval under policy {number}: the maker withdraws and submits again.")
    if queued:
        runs = counted(queued, "approved run has", "approved runs have")
        said.append(
            f"{runs} not begun: approvals under policy {number} would count no more, and the runs pause before "
            "anything is sent."
        )
    return said


def history_line(policy: ApprovalPolicy) -> str:
    proposed = f"{person(policy.proposed_by)} proposed"
    match ProposalState(policy.state):
        case ProposalState.CONFIRMED:
            agreed = f"in force from {moment(policy.decided_at)}, when {person(policy.decided_by)} confirmed it"
            return f"Policy {policy.number}: {agreed}. {proposed} it, {moment(policy.proposed_at)}: “{policy.note}”"
        case ProposalState.REFUSED:
            return f"{proposed} another policy (“{policy.note}”), and {person(policy.decided_by)} rejected it."
        case ProposalState.WITHDRAWN:
            return f"{proposed} another policy (“{policy.note}”), and it was withdrawn."
        case ProposalState.OPEN:
            return f"{proposed} another policy (“{policy.note}”); nobody decided yet."


FIRST_LINE = f"Policy {FIRST}: as installed. One approver, and no limits but those of the installation."


def policy_tasks(policy: ApprovalPolicy | None, actor: Actor, *, by_an_owner: bool) -> list[Task]:
    """A proposed policy, for whoever may confirm it."""
    if policy is None or not can_confirm(actor, proposed_by_id=policy.proposed_by_id, by_an_owner=by_an_owner):
        return []
    detail = f"{person(policy.proposed_by)} proposed it: “{policy.note}”"
    address = reverse("allocations:policies")
    return [Task(AWAITING_APPROVAL, "An approval policy is to be confirmed", detail, address, "See the policy")]


# What would have been -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TreatedLine:
    batch: Batch
    rows: int
    now: str
    then: str
    differs: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    sentence: str
    lines: tuple[TreatedLine, ...]


def what_if(batches: Mapping[int, Batch], past: Sequence[Past], treated: Sequence[Treated], *, terms: Terms) -> WhatIf:
    """`batches`: the newest first; `treated` tells what the terms would have done with each of them."""
    fates = {one.batch_id: one for one in treated}
    rows = {one.batch_id: one.rows for one in past}
    lines = tuple(_treated_line(batch, rows[pk], fates[pk]) for pk, batch in batches.items())
    return WhatIf(_summary(treated, batches) + _of_rows(past, terms), lines)


def _of_rows(past: Sequence[Past], terms: Terms) -> str:
    """What the sentence leaves out where a term is about single rows."""
    if not past or (terms.most_points_person_month, terms.allowed_amounts) == (None, None):
        return ""
    month = " A person's month is counted over these batches alone." if terms.most_points_person_month else ""
    unread = sum(one.amounts is None for one in past)
    batches = counted(unread, "long batch was", "long batches were")
    return f"{month} {batches} not looked at row by row." if unread else month


def _treated_line(batch: Batch, rows: int, fate: Treated) -> TreatedLine:
    refused = [_LIMITS[limit] for limit in fate.refused]
    then = f"refused: {', '.join(refused)}" if refused else counted(fate.approvers, "approver")
    return TreatedLine(
        batch=batch,
        rows=rows,
        now=counted(batch.approvers, "approver"),
        then=then,
        differs=bool(refused) or fate.approvers != batch.approvers,
    )


def _summary(treated: Sequence[Treated], batches: Mapping[int, Batch]) -> str:
    if not treated:
        return "No batch was submitted yet, so there is nothing to compare with."
    two = sum(one.approvers > 1 and not one.refused for one in treated)
    before = sum(batch.approvers > 1 for batch in batches.values())
    limits = Counter(limit for one in treated for limit in one.refused)
    refused = sum(bool(one.refused) for one in treated)
    causes = ", ".join(f"{count} by the {_LIMITS[limit]}" for limit, count in limits.items())
    said = (
        f"Of the last {counted(len(treated), 'batch', 'batches')}, {two} would have needed two approvers ({before} did)"
    )
    return f"{said}, and {refused} would have been refused{f': {causes}' if causes else ''}."
