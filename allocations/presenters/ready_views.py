"""The ready views in sentences."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from allocations.domain.decisions import Decision
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
    said = _("%(name)s approved %(rows)s, %(points)s, on a %(weekday)s") % {
        **_approved(vote),
        "weekday": weekday(vote.voted_at),
    }
    return Line(vote.voted_at, said, (_batch(vote.batch.pk, vote.batch.purpose),))


def under_own_policy(found: UnderOwnPolicy) -> Line:
    vote, policy = found.vote, found.policy
    if policy.proposed_by_id == vote.voted_by_id:
        text = _(
            "%(name)s approved %(rows)s, %(points)s, after they had proposed policy %(policy)s, in force since "
            "%(since)s"
        )
    else:
        text = _(
            "%(name)s approved %(rows)s, %(points)s, after they had confirmed policy %(policy)s, in force since "
            "%(since)s"
        )
    said = text % {**_approved(vote), "policy": policy.number, "since": moment(policy.decided_at)}
    links = (_batch(vote.batch.pk, vote.batch.purpose), Link(_("Policies"), reverse("allocations:policies")))
    return Line(vote.voted_at, said, links)


def _approved(vote: Vote) -> dict[str, str]:
    """Who approved how much, for the sentences about it."""
    batch = vote.batch
    rows = counted(batch.row_count - batch.left_out_count, "row")
    return {"name": person(vote.voted_by), "rows": rows, "points": points(batch.points_total)}


def closed(proposal: Proposal) -> Line:
    rows = [one.row for one in proposal.rows.all()]
    if proposal.outcome == Decision.CREDITED:
        text = _("%(rows)s closed as credited: proposed by %(proposed_by)s, confirmed by %(confirmed_by)s")
    else:
        text = _("%(rows)s closed as failed: proposed by %(proposed_by)s, confirmed by %(confirmed_by)s")
    said = text % {
        "rows": counted(len(rows), "row"),
        "proposed_by": person(proposal.proposed_by),
        "confirmed_by": person(proposal.decided_by),
    }
    address = reverse("allocations:decision", args=[proposal.pk])
    decision = Link(_("Decision %(number)s") % {"number": proposal.pk}, address)
    few = [
        Link(
            _("row %(row)s") % {"row": grouped(row.number)},
            reverse("allocations:row", args=[row.batch_id, row.number]),
        )
        for row in rows[:_FEW]
    ]
    at = proposal.decided_at or proposal.proposed_at
    return Line(at, said, (decision, _batch(proposal.batch_id, proposal.batch.purpose), *few))


def in_full(entry: TrailEntry) -> Line:
    data = entry.data
    what = _("a signed bundle")
    if "rows" in data:
        what = _("%(rows)s as %(kind)s") % {"rows": counted(data["rows"], "row"), "kind": data["kind"].upper()}
    who = {"name": person(entry.actor), "what": what, "reason": data.get("reason")}
    if who["reason"]:
        said = _("%(name)s took %(what)s out with personal data in full, because “%(reason)s”") % who
    else:
        said = _("%(name)s took %(what)s out with personal data in full") % who
    batch = entry.batch
    return Line(entry.at, said, (_batch(batch.pk, batch.purpose),) if batch else ())


def revealed(entry: TrailEntry) -> Line:
    """The row is found by its reference: under its number there may be another one since."""
    data, batch = entry.data, entry.batch
    said = _("%(name)s saw row %(row)s in full for %(minutes)s. %(cause)s: “%(reason)s”") % {
        "name": person(entry.actor),
        "row": grouped(data["row"]),
        "minutes": counted(data["minutes"], "minute"),
        "cause": _(WORDS[Cause(data["cause"])]),
        "reason": data["reason"],
    }
    address = f"{reverse('allocations:search')}?{urlencode({'q': data['reference']})}"
    row = Link(_("Row %(row)s") % {"row": data["reference"]}, address)
    return Line(entry.at, said, (row, *([_batch(batch.pk, batch.purpose)] if batch else [])))


def exported_search(entry: TrailEntry) -> Line:
    """Words that were searched are not kept, only what they were."""
    data = entry.data
    asked = [f"{name} {value}" for name, value in data["filter"].items()]
    asked += [_("words read as %(words)s") % {"words": data["words"]}] if data["words"] else []
    said = _("%(name)s exported %(rows)s, %(points)s: %(filter)s") % {
        "name": person(entry.actor),
        "rows": counted(data["rows"], "row"),
        "points": points(data["points"]),
        "filter": ", ".join(asked),
    }
    again = Link(_("The same filter"), f"{reverse('allocations:search')}?{urlencode(data['filter'])}")
    return Line(entry.at, said, (again,) if data["filter"] else ())


def _batch(pk: int, purpose: str) -> Link:
    label = _("Batch %(batch)s, %(purpose)s") % {"batch": pk, "purpose": purpose}
    return Link(label, reverse("allocations:batch", args=[pk]))
