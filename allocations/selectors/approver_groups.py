"""Named groups of approvers, and who of their members counts."""

from collections import defaultdict
from collections.abc import Sequence

from django.contrib.auth.models import User

from allocations.domain.policy import Role
from allocations.models import ApproverGroup


def group_names() -> list[str]:
    return list(ApproverGroup.objects.values_list("name", flat=True))


def all_groups() -> list[ApproverGroup]:
    """By name."""
    return list(ApproverGroup.objects.all())


def members_of(name: str) -> frozenset[int]:
    """The ids of those who count: active, and approvers. Nobody is in a group without a name."""
    if not name:
        return frozenset()
    counting = User.objects.filter(is_active=True, groups__name=Role.APPROVER.value, approver_groups__name=name)
    return frozenset(counting.values_list("pk", flat=True))


def counting_members() -> dict[str, frozenset[int]]:
    """By the name of each group: the ids of those who count. Groups without such members are in it too."""
    members: dict[str, set[int]] = {name: set() for name in group_names()}
    counting = User.objects.filter(is_active=True, groups__name=Role.APPROVER.value, approver_groups__isnull=False)
    for name, user_id in counting.values_list("approver_groups__name", "pk"):
        members[name].add(user_id)
    return {name: frozenset(ids) for name, ids in members.items()}


def groups_with_members() -> list[tuple[ApproverGroup, list[User]]]:
    """By name, each with those who count."""
    counting = counting_members()
    people = User.objects.in_bulk({pk for ids in counting.values() for pk in ids})
    groups = ApproverGroup.objects.select_related("made_by")
    return [
        (group, sorted((people[pk] for pk in counting[group.name]), key=lambda one: (one.first_name, one.username)))
        for group in groups
    ]


def groups_of_people(person_ids: Sequence[int]) -> dict[int, list[ApproverGroup]]:
    """Those that each is a member of, by name, whether it counts now or not."""
    found: dict[int, list[ApproverGroup]] = defaultdict(list)
    through = ApproverGroup.members.through.objects.filter(user_id__in=person_ids)
    for link in through.select_related("approvergroup").order_by("approvergroup__name"):
        found[link.user_id].append(link.approvergroup)
    return found
