"""What is stored. One concept a file; constraints in Meta; no input or output of their own."""

from allocations.models.acceptances import Acceptance
from allocations.models.accounts import Account, Lane
from allocations.models.api_tokens import ApiCall, ApiToken
from allocations.models.approval_policies import ApprovalPolicy
from allocations.models.approver_groups import ApproverGroup
from allocations.models.attempts import Attempt, AttemptRow
from allocations.models.batches import Batch, BatchEditor
from allocations.models.contract import ContractDifference
from allocations.models.corrections import Correction
from allocations.models.export_jobs import ExportJob
from allocations.models.freezes import Freeze
from allocations.models.installation import Installation
from allocations.models.notices import MutedMail, Notice, NoticeCursor
from allocations.models.person_years import CountedChunk, CountedReversal, PersonCount, PersonYear
from allocations.models.problems import Problem
from allocations.models.proposals import ExceptionOwner, Proposal, ProposalRow
from allocations.models.questions import Question, QuestionReply
from allocations.models.repairs import Repair
from allocations.models.repeats import Repeat
from allocations.models.replacements import Replacement
from allocations.models.reveals import Reveal
from allocations.models.reversals import Reversal, ReversalAttempt
from allocations.models.role_proposals import RoleProposal
from allocations.models.rows import Row
from allocations.models.runs import Chunk, Run
from allocations.models.sample_openings import SampleOpening
from allocations.models.saved_views import SavedView
from allocations.models.sweeper import SweeperLease
from allocations.models.tokens import EnkashToken
from allocations.models.trail import TrailEntry, TrailSeal
from allocations.models.uploads import Upload
from allocations.models.votes import Vote
from allocations.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "Acceptance",
    "Account",
    "ApiCall",
    "ApiToken",
    "ApprovalPolicy",
    "ApproverGroup",
    "Attempt",
    "AttemptRow",
    "Batch",
    "BatchEditor",
    "Chunk",
    "ContractDifference",
    "Correction",
    "CountedChunk",
    "CountedReversal",
    "EnkashToken",
    "ExceptionOwner",
    "ExportJob",
    "Freeze",
    "Installation",
    "Lane",
    "MutedMail",
    "Notice",
    "NoticeCursor",
    "PersonCount",
    "PersonYear",
    "Problem",
    "Proposal",
    "ProposalRow",
    "Question",
    "QuestionReply",
    "Repair",
    "Repeat",
    "Replacement",
    "Reveal",
    "Reversal",
    "ReversalAttempt",
    "RoleProposal",
    "Row",
    "Run",
    "SampleOpening",
    "SavedView",
    "SweeperLease",
    "TrailEntry",
    "TrailSeal",
    "Upload",
    "Vote",
    "Webhook",
    "WebhookDelivery",
]
