"""Whose approvals a batch has and still needs, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from allocations.models import Batch, Vote
from allocations.presenters.stories import person
from allocations.presenters.times import moment

_BOXES = {1: ("Approver",), 2: ("First approver", "Second approver")}


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
        f"{person(vote.voted_by)}, {moment(vote.voted_at)}: counts no more, for it is too old or the person is no "
        "approver now"
        for vote in votes
        if vote.pk not in counts
    )
    names = f": {'; '.join(given)}" if given else ""
    sentence = f"{len(given)} of {batch.approvers} approvals{names}" if batch.approvers > 1 else ""
    return Progress(sentence, given, gone)


def boxes(batch: Batch) -> tuple[str, ...]:
    """Who signs the printed sheet besides the maker."""
    return _BOXES[batch.approvers]


def named(votes: Sequence[Vote]) -> str:
    """Asha Rao and Sudha Iyer"""
    return " and ".join(person(vote.voted_by) for vote in votes)
