"""What an approver signs, and who signs it: read once, for the page and for the printed sheet."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from allocations.domain.approval_policies import check_in_force
from allocations.domain.restored import TO_THE_APPROVER
from allocations.domain.states import BatchState
from allocations.models import Batch, Vote
from allocations.presenters import approvers, spreads, votes
from allocations.presenters.equations import Equation
from allocations.presenters.refusals import reason_of
from allocations.presenters.repeats import Repeated, repeated
from allocations.selectors import approvals as reads
from allocations.selectors.accepting import acceptances
from allocations.selectors.approval_policies import against_limits, in_force
from allocations.selectors.comparing import Change, counted_changes, is_comparable
from allocations.selectors.holds import hold
from allocations.selectors.repeats import kept_repeats
from allocations.selectors.restores import may_have_been_sent
from allocations.selectors.review import twin_of
from allocations.services.row_limits import against_people

_LOOKED_AT = 5_000


@dataclass(frozen=True)
class WhatIsSigned:
    """`restored`: what to look at after a restore, or ""; `changes`: None where nobody is compared."""

    in_full: bool
    twin: Batch | None
    repeats: list[Repeated]
    restored: str
    equation: Equation
    who_gets_points: str
    after_approval: str
    unusual: list[votes.Unusual]
    bars: list[spreads.Bar]
    comparison: votes.Comparison | None
    comparable: bool
    changes: dict[Change, int] | None


def what_is_signed(batch: Batch, *, in_full: bool, now: datetime) -> WhatIsSigned:
    before = reads.previous_batch(batch)
    comparable = is_comparable(before)
    return WhatIsSigned(
        in_full=in_full,
        twin=twin_of(batch),
        repeats=repeated(kept_repeats(batch.pk)),
        restored=_(TO_THE_APPROVER) if may_have_been_sent(batch) else "",
        equation=votes.submitted_equation(batch),
        who_gets_points=votes.who_gets_points(batch),
        after_approval=votes.after_approval(batch.start_at, now=now, hold=hold()),
        unusual=votes.unusual(reads.oddities(batch), acceptances(batch.pk), in_full=in_full),
        bars=spreads.bars(reads.spread_of(batch).bands),
        comparison=votes.comparison(batch, before),
        comparable=comparable,
        changes=counted_changes(batch, before) if before and comparable else None,
    )


@dataclass(frozen=True)
class WhoSigns:
    """`against`: what keeps everybody from approving it as things are, or ""; `boxes`: who signs on paper besides the
    maker; `earlier_votes`: on contents that are no more."""

    against: str
    progress: approvers.Progress
    boxes: tuple[str, ...]
    earlier_votes: QuerySet[Vote]


def who_signs(batch: Batch, *, now: datetime) -> WhoSigns:
    waits = batch.state == BatchState.SUBMITTED
    return WhoSigns(
        against=_against(batch, now=now) if waits else "",
        progress=approvers.progress_now(batch, now=now),
        boxes=approvers.boxes(batch),
        earlier_votes=reads.votes_of(batch).exclude(version=batch.version),
    )


def _against(batch: Batch, *, now: datetime) -> str:
    """Whoever decides can still send it back. Of a long list the approval itself tells what its people have had: nobody
    waits for a page that long."""
    agreed = in_force()
    found = reason_of(check_in_force, batch.policy, agreed.number) or against_limits(batch, agreed.terms, at=now)
    if found or batch.row_count > _LOOKED_AT:
        return found
    return against_people(batch, agreed.terms, now=now)
