"""As many approvers as the policy asks for, and policies that nobody changes afterwards."""

from allocations.domain.approval_policies import TERMS
from allocations.triggers.trigger import Trigger

_CHANGED = " OR ".join(
    f"NEW.{column} {{differs}} OLD.{column}" for column in (*TERMS, "note", "proposed_by_id", "proposed_at")
)

APPROVAL_TRIGGERS = (
    Trigger(
        "batch_approved_has_votes",
        "allocations_batch",
        "UPDATE",
        "(SELECT COUNT(DISTINCT v.voted_by_id) FROM allocations_vote v WHERE v.batch_id = NEW.id"
        " AND v.version = NEW.version AND v.digest = NEW.digest AND v.decision = 'approve') < NEW.approvers",
        "a batch is approved by as many votes as its policy asks for",
        only_if="NEW.state = 'approved' AND OLD.state <> 'approved'",
    ),
    Trigger(
        "batch_approved_has_vote_of_group",
        "allocations_batch",
        "UPDATE",
        "NOT EXISTS (SELECT 1 FROM allocations_vote v"
        " JOIN allocations_approvergroup_members m ON m.user_id = v.voted_by_id"
        " JOIN allocations_approvergroup g ON g.id = m.approvergroup_id WHERE v.batch_id = NEW.id"
        " AND v.version = NEW.version AND v.digest = NEW.digest AND v.decision = 'approve'"
        " AND g.name = NEW.approvers_group)",
        "a batch is approved by somebody of the group that its policy asks for",
        only_if="NEW.state = 'approved' AND OLD.state <> 'approved' AND NEW.approvers_group <> ''",
    ),
    Trigger(
        "vote_sample_opened",
        "allocations_vote",
        "INSERT",
        "NEW.sample_rows > (SELECT COUNT(*) FROM allocations_sampleopening o WHERE o.batch_id = NEW.batch_id"
        " AND o.digest = NEW.digest AND o.opened_by_id = NEW.voted_by_id)",
        "a vote tells of no row that its voter has not opened",
    ),
    *(
        Trigger(
            f"sample_opening_no_{action.lower()}",
            "allocations_sampleopening",
            action,
            "1 = 1",
            "what an approver opened is never changed",
        )
        for action in ("UPDATE", "DELETE")
    ),
    Trigger(
        "batch_policy_frozen",
        "allocations_batch",
        "UPDATE",
        "1 = 1",
        "what a submitted batch needs to be approved is frozen",
        only_if="OLD.state IN ('submitted', 'approved') AND NEW.state IN ('submitted', 'approved')"
        " AND (NEW.policy <> OLD.policy OR NEW.approvers <> OLD.approvers"
        " OR NEW.approvers_group <> OLD.approvers_group OR NEW.approvers_why <> OLD.approvers_why)",
    ),
    Trigger(
        "approver_group_stays",
        "allocations_approvergroup",
        "UPDATE",
        "1 = 1",
        "a group of approvers keeps its name",
    ),
    Trigger(
        "approver_group_no_delete",
        "allocations_approvergroup",
        "DELETE",
        "1 = 1",
        "a group of approvers is never deleted",
    ),
    Trigger(
        "approval_policy_stays",
        "allocations_approvalpolicy",
        "UPDATE",
        f"OLD.state <> 'open' OR {_CHANGED}",
        "an approval policy is never changed",
    ),
    Trigger(
        "approval_policy_no_delete",
        "allocations_approvalpolicy",
        "DELETE",
        "1 = 1",
        "an approval policy is never deleted",
    ),
)
