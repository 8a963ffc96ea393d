"""Whose approvals a batch has and still needs, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.domain.approver_groups import waits_for_group
from allocations.domain.states import BatchState
from allocations.models import Batch, Vote
from allocations.presenters.stories import person
from allocations.presenters.times import moment
from allocations.selectors.votes import approvals_of, asked_of, holding_of_group

_BOXES = {1: (gettext_noop("Approver"),), 2: (gettext_noop("First approver"), gettext_noop("Second approver"))}


@dataclass(frozen=True, slots=True)
class Progress:
    """`given`: the approvals that count, `gone`: those that do no more, a sentence each; `sentence`: "" while one
    approver is enough."""

    sentence: str
    given: tuple[str, ...]
    gone: tuple[str, ...]


def progress(
    batch: Batch, *, holding: Sequence[Vote], votes: Sequence[Vote], of_group: Mapping[int, bool] | None = None
) -> Progress:
    """`holding`: those among `votes` that count; `of_group`: by their voters, whether these are of the group that is
    asked for."""
    counts, member = {vote.pk for vote in holding}, of_group or {}
    given = tuple(
        _given(vote, batch.approvers_group if member.get(vote.voted_by_id) else "")
        for vote in votes
        if vote.pk in counts
    )
    gone = tuple(
        _("%(who)s, %(at)s: counts no more, for it is too old or the person is no approver now")
        % {"who": person(vote.voted_by), "at": moment(vote.voted_at)}
        for vote in votes
        if vote.pk not in counts
    )
    sentence = _has(given, needed=batch.approvers) if batch.approvers > 1 else ""
    if sentence and of_group is not None and waits_for_group(asked_of(batch), list(member.values())):
        sentence += _("; the next one must be of the group “%s”") % batch.approvers_group
    return Progress(sentence, given, gone)


def _has(given: Sequence[str], *, needed: int) -> str:
    figures = {"given": len(given), "needed": needed, "names": "; ".join(given)}
    if not given:
        return _("%(given)s of %(needed)s approvals") % figures
    return _("%(given)s of %(needed)s approvals: %(names)s") % figures


def _given(vote: Vote, group: str) -> str:
    said = f"{person(vote.voted_by)}, {moment(vote.voted_at)}"
    return _("%(vote)s, of the group “%(group)s”") % {"vote": said, "group": group} if group else said


def progress_now(batch: Batch, *, now: datetime) -> Progress:
    """Whether an approval still holds is asked only while the batch waits: afterwards it has done its work."""
    votes = list(approvals_of(batch))
    if batch.state != BatchState.SUBMITTED:
        return progress(batch, holding=votes, votes=votes)
    of_group = holding_of_group(batch, now=now)
    return progress(
        batch, holding=[one for one in votes if one.voted_by_id in of_group], votes=votes, of_group=of_group
    )


def boxes(batch: Batch) -> tuple[str, ...]:
    """Who signs the printed sheet besides the maker."""
    return tuple(_(box) for box in _BOXES[batch.approvers])


def named(votes: Sequence[Vote]) -> str:
    """Asha Rao and Sudha Iyer"""
    return _(" and ").join(person(vote.voted_by) for vote in votes)
