"""The ready views in sentences."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from allocations.domain.revealing import WORDS, Cause
from allocations.models import Proposal, TrailEntry, Vote
from allocations.presenters.numbers import counted, grouped, points
from allocations.presenters.stories import person
from allocations.presenters.times import moment, weekday
from allocations.selectors.ready_views import UnderOwnPolicy

_FEW = 5


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event; the first link leads to it, the others to what it is about."""

    at: datetime
    text: str
    links: tuple[Link, ...]


def late_approval(vote: Vote) -> Line:
    said = f"{_approved(vote)}, on a {weekday(vote.voted_at)}"
    return Line(vote.voted_at, said, (_batch(vote.batch.pk, vote.batch.purpose),))


def under_own_policy(found: UnderOwnPolicy) -> Line:
    vote, policy = found.vote, found.policy
    did = "proposed" if policy.proposed_by_id == vote.voted_by_id else "confirmed"
    said = f"{_approved(vote)}, after they had {did} policy {policy.number}, in force since {moment(policy.decided_at)}"
    links = (_batch(vote.batch.pk, vote.batch.purpose), Link("Policies", reverse("allocations:policies")))
    return Line(vote.voted_at, said, links)


def _approved(vote: Vote) -> str:
    batch = vote.batch
    rows = counted(batch.row_count - batch.left_out_count, "row")
    return f"{person(vote.voted_by)} approved {rows}, {points(batch.points_total)}"


def closed(proposal: Proposal) -> Line:
    rows = [one.row for one in proposal.rows.all()]
    who = f"proposed by {person(proposal.proposed_by)}, confirmed by {person(proposal.decided_by)}"
    said = f"{counted(len(rows), 'row')} closed as {proposal.outcome}: {who}"
    decision = Link(f"Decision {proposal.pk}", reverse("allocations:decision", args=[proposal.pk]))
    few = [
        Link(f"row {grouped(row.number)}", reverse("allocations:row", args=[row.batch_id, row.number]))
        for row in rows[:_FEW]
    ]
    at = proposal.decided_at or proposal.proposed_at
    return Line(at, said, (decision, _batch(proposal.batch_id, proposal.batch.purpose), *few))


def in_full(entry: TrailEntry) -> Line:
    data = entry.data
    what = f"{counted(data['rows'], 'row')} as {data['kind'].upper()}" if "rows" in data else "a signed bundle"
    why = f", because “{data['reason']}”" if data.get("reason") else ""
    said = f"{person(entry.actor)} took {what} out with personal data in full{why}"
    batch = entry.batch
    return Line(entry.at, said, (_batch(batch.pk, batch.purpose),) if batch else ())


def revealed(entry: TrailEntry) -> Line:
    """The row is found by its reference: under its number there may be another one since."""
    data, batch = entry.data, entry.batch
    said = f"{person(entry.actor)} saw row {grouped(data['row'])} in full for {counted(data['minutes'], 'minute')}"
    row = Link(f"Row {data['reference']}", f"{reverse('allocations:search')}?{urlencode({'q': data['reference']})}")
    why = f"{WORDS[Cause(data['cause'])]}: “{data['reason']}”"
    return Line(entry.at, f"{said}. {why}", (row, *([_batch(batch.pk, batch.purpose)] if batch else [])))


def exported_search(entry: TrailEntry) -> Line:
    """Words that were searched are not kept, only what they were."""
    data = entry.data
    asked = [f"{name} {value}" for name, value in data["filter"].items()]
    asked += [f"words read as {data['words']}"] if data["words"] else []
    said = (
        f"{person(entry.actor)} exported {counted(data['rows'], 'row')}, {points(data['points'])}: {', '.join(asked)}"
    )
    again = Link("The same filter", f"{reverse('allocations:search')}?{urlencode(data['filter'])}")
    return Line(entry.at, said, (again,) if data["filter"] else ())


def _batch(pk: int, purpose: str) -> Link:
    return Link(f"Batch {pk}, {purpose}", reverse("allocations:batch", args=[pk]))
