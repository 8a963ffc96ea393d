"""The people of the portal, their roles, and the roles that wait for a second person."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.db.models import Max, QuerySet

from allocations.domain.decisions import ProposalState
from allocations.domain.policy import Role
from allocations.domain.roster import PersonFacts
from allocations.models import ApproverGroup, RoleProposal
from allocations.selectors.approver_groups import groups_of_people


@dataclass(frozen=True, slots=True)
class Member:
    """`proposed`: the roles that wait for a second person; `groups`: of approvers, and `proposed_groups`: their ids."""

    user: User
    facts: PersonFacts
    last_seen_at: datetime | None
    proposed: frozenset[Role]
    groups: tuple[ApproverGroup, ...] = ()
    proposed_groups: frozenset[int] = frozenset()


def facts_of_person(user: User) -> PersonFacts:
    names = {group.name for group in user.groups.all()}
    return PersonFacts(
        id=user.pk,
        is_active=user.is_active,
        has_joined=user.has_usable_password() or user.last_login is not None,
        roles=frozenset(role for role in Role if role.value in names),
    )


def members() -> list[Member]:
    """Everybody, those who are active first, by name."""
    users = list(User.objects.prefetch_related("groups").order_by("-is_active", "first_name", "last_name", "username"))
    return _members(users)


def member(person_id: int) -> Member | None:
    found = _members(list(User.objects.prefetch_related("groups").filter(pk=person_id)))
    return found[0] if found else None


def _members(users: list[User]) -> list[Member]:
    ids = [user.pk for user in users]
    sessions = UserSession.objects.filter(user_id__in=ids).values("user_id").annotate(at=Max("last_seen_at"))
    seen = {one["user_id"]: one["at"] for one in sessions}
    proposed: dict[int, set[Role]] = defaultdict(set)
    proposed_groups: dict[int, set[int]] = defaultdict(set)
    waiting = role_proposals().filter(person_id__in=ids).values_list("person_id", "role", "group_id")
    for person_id, role, group_id in waiting:
        if group_id is None:
            proposed[person_id].add(Role(role))
        else:
            proposed_groups[person_id].add(group_id)
    groups = groups_of_people(ids)
    return [
        Member(
            user=user,
            facts=facts_of_person(user),
            last_seen_at=max((at for at in (user.last_login, seen.get(user.pk)) if at), default=None),
            proposed=frozenset(proposed[user.pk]),
            groups=tuple(groups[user.pk]),
            proposed_groups=frozenset(proposed_groups[user.pk]),
        )
        for user in users
    ]


def role_proposals() -> QuerySet[RoleProposal]:
    """Those that wait, oldest first."""
    waiting = RoleProposal.objects.filter(state=ProposalState.OPEN).select_related("person", "proposed_by", "group")
    return waiting.order_by("pk")


def proposed_role(user_id: int) -> str:
    """The first role that somebody is to get and that waits for a second person; "" where none does."""
    return role_proposals().filter(person_id=user_id, group=None).values_list("role", flat=True).first() or ""


def is_owner(user_id: int) -> bool:
    return User.objects.filter(pk=user_id, is_active=True, groups__name=Role.OWNER.value).exists()


def approver_since(user_id: int) -> datetime | None:
    """When a second person last confirmed this one as approver; None: never, the role came some other way."""
    confirmed = RoleProposal.objects.filter(
        person_id=user_id, role=Role.APPROVER, group=None, state=ProposalState.CONFIRMED
    )
    return confirmed.order_by("-decided_at").values_list("decided_at", flat=True).first()


def count_with(role: Role) -> int:
    return User.objects.filter(is_active=True, groups__name=role.value).count()


def may_decide_roles(*, besides: frozenset[int]) -> bool:
    """Whether anybody else is there who may confirm a role."""
    deciders = User.objects.filter(is_active=True, groups__name__in=(Role.OWNER.value, Role.APPROVER.value))
    return deciders.exclude(pk__in=besides).exists()


def decided_roles(person_id: int, limit: int) -> QuerySet[RoleProposal]:
    """What became of roles that were proposed for a person, newest first."""
    decided = RoleProposal.objects.filter(person_id=person_id).exclude(state=ProposalState.OPEN)
    return decided.select_related("proposed_by", "decided_by", "group").order_by("-id")[:limit]
