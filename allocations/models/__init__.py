"""What is stored. One concept a file; constraints in Meta; no input or output of their own."""

from allocations.models.accounts import Account, Lane
from allocations.models.attempts import Attempt, AttemptRow
from allocations.models.batches import Batch, BatchEditor
from allocations.models.freezes import Freeze
from allocations.models.installation import Installation
from allocations.models.problems import Problem
from allocations.models.proposals import ExceptionOwner, Proposal, ProposalRow
from allocations.models.replacements import Replacement
from allocations.models.reversals import Reversal, ReversalAttempt
from allocations.models.rows import Row
from allocations.models.runs import Chunk, Run
from allocations.models.sweeper import SweeperLease
from allocations.models.tokens import EnkashToken
from allocations.models.trail import TrailEntry
from allocations.models.uploads import Upload
from allocations.models.votes import Vote

__all__ = [
    "Account",
    "Attempt",
    "AttemptRow",
    "Batch",
    "BatchEditor",
    "Chunk",
    "EnkashToken",
    "ExceptionOwner",
    "Freeze",
    "Installation",
    "Lane",
    "Problem",
    "Proposal",
    "ProposalRow",
    "Replacement",
    "Reversal",
    "ReversalAttempt",
    "Row",
    "Run",
    "SweeperLease",
    "TrailEntry",
    "Upload",
    "Vote",
]
