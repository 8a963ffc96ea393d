"""Approval policies that two people agreed on."""

from allocations.domain.approval_policies import Terms
from allocations.models import ApprovalPolicy
from allocations.services.approval_policies import confirm_policy, propose_policy
from tests.factories.people import actor


def agree(**terms: int) -> ApprovalPolicy:
    """In force from now on: agree(two_from_rows=1)."""
    proposal = propose_policy(actor("owner"), terms=Terms(**terms), note="The auditors asked for it.")
    return confirm_policy(actor("owner"), policy_id=proposal.pk)
