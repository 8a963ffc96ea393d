"""Approval policies in words: their terms, who agreed on them, and how they would have treated the batches of late."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from allocations.domain.approval_policies import (
    FIRST,
    TERMS,
    Limit,
    Terms,
    can_confirm,
    can_decide_proposed,
    check_confirm,
)
from allocations.domain.decisions import ProposalState
from allocations.domain.policy import Actor
from allocations.domain.policy_replay import Past, Treated
from allocations.models import ApprovalPolicy, Batch
from allocations.presenters.approver_groups import few_members, needs, of_groups
from allocations.presenters.home import Task
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.refusals import reason_of
from allocations.presenters.statuses import AWAITING_APPROVAL
from allocations.presenters.stories import person
from allocations.presenters.times import moment

LABELS = {
    "two_from_points": gettext_noop("Two approvers from this many points"),
    "two_from_rows": gettext_noop("Two approvers from this many rows"),
    "most_points_batch": gettext_noop("Most points of a batch"),
    "most_points_day": gettext_noop("Most points of an account in a day (IST)"),
    "most_points_row": gettext_noop("Most points of a row"),
    "most_points_person_month": gettext_noop("Most points of a person in a month (IST)"),
    "allowed_amounts": gettext_noop("Amounts that a row may give"),
    "one_of_group": gettext_noop("Where one approver is needed: of the group"),
    "two_of_group": gettext_noop("Where two are needed: at least one of the group"),
}
_HINTS = {
    "most_points_person_month": gettext_noop("By mobile, over all batches approved in the month"),
    "allowed_amounts": gettext_noop("Such as 500, 1,000, 2,500: a comma and a space between amounts"),
}
_LIMITS = {
    Limit.BATCH: gettext_noop("points of a batch"),
    Limit.DAY: gettext_noop("points of a day"),
    Limit.ROW: gettext_noop("points of a row"),
    Limit.PERSON: gettext_noop("points of a person"),
    Limit.AMOUNT: gettext_noop("amounts of its rows"),
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
    def is_group(self) -> bool:
        return self.name.endswith("_of_group")

    @property
    def is_list(self) -> bool:
        """Several numbers, which no keyboard of digits can type."""
        return self.name == "allowed_amounts"


def term_lines(now: Terms, proposed: Terms | None = None, *, ceilings: Mapping[str, int]) -> list[TermLine]:
    lines = []
    for name in TERMS:
        old = _value(name, getattr(now, name), ceilings)
        new = "" if proposed is None else _value(name, getattr(proposed, name), ceilings)
        lines.append(TermLine(name, _(LABELS[name]), old, new, bool(new) and new != old, _(_HINTS.get(name, ""))))
    return lines


def _value(name: str, value: int | str | tuple[int, ...] | None, ceilings: Mapping[str, int]) -> str:
    if isinstance(value, tuple):
        return _("%(amounts)s points") % {"amounts": ", ".join(map(grouped, value))}
    if isinstance(value, str):
        return value or _("any approver")
    if value is None:
        return _none(name, ceilings)
    if name in ceilings and ceilings[name] < value:
        both = {"points": points(ceilings[name]), "more": points(value)}
        return _("%(points)s, as installed (the policy says %(more)s)") % both
    return counted(value, "row") if name == "two_from_rows" else points(value)


def _none(name: str, ceilings: Mapping[str, int]) -> str:
    if name == "allowed_amounts":
        return _("any")
    if name in ceilings:
        return _("%(points)s, as installed") % {"points": points(ceilings[name])}
    return _("never") if name.startswith("two_from") else _("no limit")


def typed(terms: Terms) -> dict[str, str]:
    """As somebody would type them: nothing where there is no rule."""
    return {name: _typed(value) for name, value in asdict(terms).items()}


def _typed(value: int | str | tuple[int, ...] | None) -> str:
    if isinstance(value, str):
        return value
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
        text=_("%(name)s proposed it, %(at)s: “%(note)s”")
        % {"name": person(policy.proposed_by), "at": moment(policy.proposed_at), "note": policy.note},
        why_not=reason_of(check_confirm, actor, proposed_by_id=policy.proposed_by_id, by_an_owner=by_an_owner),
        no=(_("Withdraw this policy") if own else _("Reject this policy")) if can_decide_proposed(actor) else "",
    )


def warnings(
    terms: Terms, *, approvers: int, number: int, void: tuple[int, int], members: Mapping[str, int] | None = None
) -> list[str]:
    """What follows from these terms at once. `approvers`: active ones; `number`: of the policy in force; `void`: how
    many batches wait under it, and how many runs have not begun; `members`: of groups, those who count."""
    said = []
    if approvers < 2 and (terms.two_from_points or terms.two_from_rows):
        text = ngettext(
            "Only %(number)s person is approver now: nobody could approve second.",
            "Only %(number)s people are approver now: nobody could approve second.",
            approvers,
        )
        said.append(text % {"number": grouped(approvers)})
    said += few_members(terms, members or {})
    waiting, queued = void
    if waiting:
        text = ngettext(
            "%(number)s batch waits for approval under policy %(policy)s: the maker withdraws and submits again.",
            "%(number)s batches wait for approval under policy %(policy)s: the maker withdraws and submits again.",
            waiting,
        )
        said.append(text % {"number": grouped(waiting), "policy": number})
    if queued:
        text = ngettext(
            "%(number)s approved run has not begun: approvals under policy %(policy)s would count no more, and the "
            "runs pause before anything is sent.",
            "%(number)s approved runs have not begun: approvals under policy %(policy)s would count no more, and the "
            "runs pause before anything is sent.",
            queued,
        )
        said.append(text % {"number": grouped(queued), "policy": number})
    return said


def history_line(policy: ApprovalPolicy) -> str:
    said = {"name": person(policy.proposed_by), "by": person(policy.decided_by), "note": policy.note}
    said |= {"number": str(policy.number), "since": moment(policy.decided_at), "at": moment(policy.proposed_at)}
    match ProposalState(policy.state):
        case ProposalState.CONFIRMED:
            text = _(
                "Policy %(number)s: in force from %(since)s, when %(by)s confirmed it. %(name)s proposed it, %(at)s: "
                "“%(note)s”"
            )
        case ProposalState.REFUSED:
            text = _("%(name)s proposed another policy (“%(note)s”), and %(by)s rejected it.")
        case ProposalState.WITHDRAWN:
            text = _("%(name)s proposed another policy (“%(note)s”), and it was withdrawn.")
        case ProposalState.OPEN:
            text = _("%(name)s proposed another policy (“%(note)s”); nobody decided yet.")
    return text % said


FIRST_LINE = format_lazy(
    gettext_lazy("Policy {number}: as installed. One approver, and no limits but those of the installation."),
    number=FIRST,
)


def policy_tasks(policy: ApprovalPolicy | None, actor: Actor, *, by_an_owner: bool) -> list[Task]:
    """A proposed policy, for whoever may confirm it."""
    if policy is None or not can_confirm(actor, proposed_by_id=policy.proposed_by_id, by_an_owner=by_an_owner):
        return []
    detail = _("%(name)s proposed it: “%(note)s”") % {"name": person(policy.proposed_by), "note": policy.note}
    title, address = _("An approval policy is to be confirmed"), reverse("allocations:policies")
    return [Task(AWAITING_APPROVAL, title, detail, address, _("See the policy"))]


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
    month = _("A person's month is counted over these batches alone.") if terms.most_points_person_month else ""
    unread = sum(one.amounts is None for one in past)
    long = ngettext(
        "%(number)s long batch was not looked at row by row.",
        "%(number)s long batches were not looked at row by row.",
        unread,
    )
    said = [month, long % {"number": grouped(unread)} if unread else ""]
    return "".join(f" {one}" for one in said if one)


def _treated_line(batch: Batch, rows: int, fate: Treated) -> TreatedLine:
    refused = [_(_LIMITS[limit]) for limit in fate.refused]
    then = _("refused: %(limits)s") % {"limits": ", ".join(refused)} if refused else needs(fate.approvers, fate.group)
    if fate.without and not refused:
        then += _(", and nobody of it approved")
    return TreatedLine(
        batch=batch,
        rows=rows,
        now=needs(batch.approvers, batch.approvers_group),
        then=then,
        differs=bool(refused or fate.without)
        or (fate.approvers, fate.group) != (batch.approvers, batch.approvers_group),
    )


def _summary(treated: Sequence[Treated], batches: Mapping[int, Batch]) -> str:
    if not treated:
        return _("No batch was submitted yet, so there is nothing to compare with.")
    two = sum(one.approvers > 1 and not one.refused for one in treated)
    before = sum(batch.approvers > 1 for batch in batches.values())
    limits = Counter(limit for one in treated for limit in one.refused)
    refused = sum(bool(one.refused) for one in treated)
    causes = [_("%(number)s by the %(limit)s") % {"number": n, "limit": _(_LIMITS[one])} for one, n in limits.items()]
    said: dict[str, object] = {"batches": counted(len(treated), "batch", "batches"), "two": two, "before": before}
    said |= {"refused": refused, "causes": ", ".join(causes)}
    if limits:
        text = _(
            "Of the last %(batches)s, %(two)s would have needed two approvers (%(before)s did), and %(refused)s would "
            "have been refused: %(causes)s."
        )
    else:
        text = _(
            "Of the last %(batches)s, %(two)s would have needed two approvers (%(before)s did), and %(refused)s would "
            "have been refused."
        )
    return text % said + of_groups(treated)
