"""Groups of approvers that two people agreed on."""

from django.contrib.auth.models import User

from allocations.models import ApproverGroup
from allocations.services.approver_groups import make_group, propose_member
from allocations.services.roles import confirm_role
from tests.factories.people import actor


def group(name: str, *members: User) -> ApproverGroup:
    """group("Finance", person("approver"))"""
    made = make_group(actor("owner"), name=name)
    for one in members:
        join(made, one)
    return made


def join(joined: ApproverGroup, one: User) -> None:
    proposal = propose_member(actor("owner"), person_id=one.pk, group_id=joined.pk)
    confirm_role(actor("owner"), proposal_id=proposal.pk)
