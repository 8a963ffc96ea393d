"""Reversals as tasks of the home page."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from allocations.domain.policy import Actor
from allocations.domain.reversal_policy import can_decide, can_resume
from allocations.models import Reversal
from allocations.presenters.home import Task
from allocations.presenters.numbers import counted, points
from allocations.presenters.reversals import remark
from allocations.presenters.statuses import AWAITING_APPROVAL
from allocations.presenters.times import ago
from allocations.selectors.reversals import facts_of


def needy_tasks(actor: Actor, reversals: Iterable[Reversal]) -> list[Task]:
    """One for each reversal that waits for people, if this person may let it go on."""
    return [_needy(one) for one in reversals if can_resume(actor, facts_of(one))]


def _needy(reversal: Reversal) -> Task:
    which = {"number": reversal.pk, "points": points(reversal.amount)}
    title = _("Reversal %(number)s, %(points)s, waits for people") % which
    address = reverse("allocations:reversal", args=[reversal.pk])
    return Task(None, title, remark(reversal), address, _("Open reversal %(number)s") % which)


def approval_task(actor: Actor, waiting: Iterable[Reversal], *, now: datetime) -> list[Task]:
    """One task for all the reversals that this person may decide about; none if there are none."""
    mine = [one for one in waiting if can_decide(actor, facts_of(one))]
    if not mine:
        return []
    count = counted(len(mine), "reversal")
    said = {"reversals": count, "points": points(sum(one.amount for one in mine))}
    title = _("%(reversals)s to approve, %(points)s") % said
    detail = _("Oldest asked for %(ago)s") % {"ago": ago(mine[0].requested_at, now=now)}
    return [Task(AWAITING_APPROVAL, title, detail, reverse("allocations:reversals"), _("Review %(reversals)s") % said)]
