"""Whose approvals a batch has and still needs, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from allocations.models import Batch, Vote
from allocations.presenters.stories import person
from allocations.presenters.times import moment

_BOXES = {1: (gettext_noop("Approver"),), 2: (gettext_noop("First approver"), gettext_noop("Second approver"))}


@dataclass(frozen=True, slots=True)
class Progress:
    """`given`: the approvals that count, `gone`: those that do no more, a sentence each; `sentence`: "" while one
    approver is enough."""

    sentence: str
    given: tuple[str, ...]
    gone: tuple[str, ...]


def progress(batch: Batch, *, holding: Sequence[Vote], votes: Sequence[Vote]) -> Progress:
    """`holding`: those among `votes` that count."""
    counts = {vote.pk for vote in holding}
    given = tuple(f"{person(vote.voted_by)}, {moment(vote.voted_at)}" for vote in votes if vote.pk in counts)
    gone = tuple(
        _("%(who)s, %(at)s: counts no more, for it is too old or the person is no approver now")
        % {"who": person(vote.voted_by), "at": moment(vote.voted_at)}
        for vote in votes
        if vote.pk not in counts
    )
    sentence = _has(given, needed=batch.approvers) if batch.approvers > 1 else ""
    return Progress(sentence, given, gone)


def _has(given: Sequence[str], *, needed: int) -> str:
    figures = {"given": len(given), "needed": needed, "names": "; ".join(given)}
    if not given:
        return _("%(given)s of %(needed)s approvals") % figures
    return _("%(given)s of %(needed)s approvals: %(names)s") % figures


def boxes(batch: Batch) -> tuple[str, ...]:
    """Who signs the printed sheet besides the maker."""
    return tuple(_(box) for box in _BOXES[batch.approvers])


def named(votes: Sequence[Vote]) -> str:
    """Asha Rao and Sudha Iyer"""
    return _(" and ").join(person(vote.voted_by) for vote in votes)
