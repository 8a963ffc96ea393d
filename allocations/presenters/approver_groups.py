"""Groups of approvers in words: what a batch needs of them, who is in them, and what this person can do about that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from allocations.domain.approval_policies import Terms
from allocations.domain.approver_groups import check_can_count, check_propose_member
from allocations.domain.policy import Actor
from allocations.domain.policy_replay import Treated
from allocations.domain.roster import check_change_person
from allocations.models import ApproverGroup, Batch
from allocations.presenters.numbers import counted, grouped
from allocations.presenters.refusals import reason_of
from allocations.selectors.approver_groups import members_of
from allocations.selectors.roster import Member
from allocations.selectors.votes import asked_of, holding_of_group


def why_not_count(actor: Actor, batch: Batch, *, now: datetime) -> str:
    """Why an approval of this person could not be one that the batch needs, for want of a group, or ""."""
    if not batch.approvers_group:
        return ""
    holding = list(holding_of_group(batch, now=now).values())
    is_member = actor.id in members_of(batch.approvers_group)
    return reason_of(check_can_count, asked_of(batch), holding, is_member=is_member)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group beside one person. `may_propose`, `may_take`: whether this reader can."""

    group: ApproverGroup
    has: bool
    waits: bool
    may_propose: bool
    may_take: bool


def group_lines(groups: Sequence[ApproverGroup], member: Member, actor: Actor) -> list[GroupLine]:
    may_propose = not reason_of(check_propose_member, actor, member.facts)
    may_take = not reason_of(check_change_person, actor, member.facts)
    return [
        GroupLine(
            group=group,
            has=(has := group in member.groups),
            waits=(waits := group.pk in member.proposed_groups),
            may_propose=may_propose and not has and not waits,
            may_take=may_take and has,
        )
        for group in groups
    ]


def needs(approvers: int, group: str) -> str:
    """2 approvers, one of “Finance”"""
    said = counted(approvers, "approver")
    if not group:
        return said
    if approvers == 1:
        return gettext("%(approvers)s, of “%(group)s”") % {"approvers": said, "group": group}
    return gettext("%(approvers)s, one of “%(group)s”") % {"approvers": said, "group": group}


def few_members(terms: Terms, members: Mapping[str, int]) -> list[str]:
    """Where a group could not approve what its own people made."""
    said = []
    for name in dict.fromkeys((terms.one_of_group, terms.two_of_group)):
        count = members.get(name, 0)
        if name and not count:
            said.append(
                gettext("Nobody is in the group “%(name)s” now: nothing that asks for it could be approved.")
                % {"name": name}
            )
        elif name and count == 1:
            said.append(
                gettext("Only 1 person is in the group “%(name)s” now: what they make themselves nobody could approve.")
                % {"name": name}
            )
    return said


def of_groups(treated: Sequence[Treated]) -> str:
    """What groups would have asked for, and whether it was so."""
    asked = sum(bool(one.group) and not one.refused for one in treated)
    without = sum(one.without and not one.refused for one in treated)
    if not asked:
        return ""
    said = ngettext(
        " %(asked)s would have needed an approver of a group; %(without)s was approved by nobody of it.",
        " %(asked)s would have needed an approver of a group; %(without)s were approved by nobody of it.",
        without,
    )
    return said % {"asked": grouped(asked), "without": grouped(without)}
