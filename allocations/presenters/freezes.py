"""A freeze in words, and what this person can do about it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from allocations.domain.policy import (
    Actor,
    can_confirm_release,
    can_freeze,
    check_confirm_release,
    check_freeze,
    check_propose_release,
)
from allocations.models import Freeze
from allocations.presenters.home import Task
from allocations.presenters.refusals import reason_of
from allocations.presenters.statuses import AWAITING_APPROVAL
from allocations.presenters.stories import person
from allocations.presenters.times import moment


@dataclass(frozen=True, slots=True)
class Banner:
    """What every page shows while sending is frozen: who did it, and before that a release that is proposed."""

    sentence: str
    reason: str


def banner(freeze: Freeze | None) -> Banner | None:
    if freeze is None:
        return None
    news = f"{_proposed(freeze)} " if freeze.release_proposed_by else ""
    return Banner(f"{news}{_frozen(freeze)}", freeze.reason)


def _frozen(freeze: Freeze) -> str:
    return _("%(who)s froze all sending, %(at)s.") % {
        "who": person(freeze.frozen_by),
        "at": moment(freeze.frozen_at),
    }


def _proposed(freeze: Freeze) -> str:
    return _("%(who)s proposed the release, %(at)s.") % {
        "who": person(freeze.release_proposed_by),
        "at": moment(freeze.release_proposed_at),
    }


@dataclass(frozen=True, slots=True)
class Switch:
    """`act`: freeze, propose or confirm, whatever is next; `why_not`: what keeps this person from it, or "".

    `no`: how this person can say no to a proposed release, "" for those who cannot.
    """

    act: str
    why_not: str
    proposed: str = ""
    no: str = ""


def switch(freeze: Freeze | None, actor: Actor) -> Switch:
    if freeze is None:
        return Switch("freeze", reason_of(check_freeze, actor))
    if freeze.release_proposed_by is None:
        return Switch("propose", reason_of(check_propose_release, actor))
    why_not = reason_of(check_confirm_release, actor, freeze.release_proposed_by.pk)
    no = _("Withdraw the release") if freeze.release_proposed_by.pk == actor.id else _("Reject the release")
    return Switch("confirm", why_not, _proposed(freeze), no if can_freeze(actor) else "")


def after_freezing(freeze: Freeze, actor: Actor, *, reason: str) -> str:
    """`freeze`: the one that is in force now, perhaps of somebody who was faster."""
    if (freeze.frozen_by_id, freeze.reason) == (actor.id, reason):
        return _("All sending is frozen. A call that is with EnKash now comes to its end.")
    return _("Sending was frozen already: %(frozen)s “%(reason)s” Your reason is not stored.") % {
        "frozen": _frozen(freeze),
        "reason": freeze.reason,
    }


def release_task(freeze: Freeze | None, actor: Actor) -> list[Task]:
    """A proposed release, for whoever may confirm it."""
    if freeze is None or freeze.release_proposed_by is None:
        return []
    if not can_confirm_release(actor, freeze.release_proposed_by.pk):
        return []
    detail = _("%(proposed)s Frozen because “%(reason)s”") % {"proposed": _proposed(freeze), "reason": freeze.reason}
    address = reverse("allocations:freeze")
    return [
        Task(
            AWAITING_APPROVAL,
            _("The release of all sending is to be confirmed"),
            detail,
            address,
            _("See the release"),
        )
    ]


def past(freeze: Freeze) -> str:
    """One freeze that is over, as a line."""
    return _(
        "%(who)s froze all sending: “%(reason)s”. Released %(at)s, proposed by %(proposed)s, confirmed by "
        "%(confirmed)s."
    ) % {
        "who": person(freeze.frozen_by),
        "reason": freeze.reason,
        "at": moment(freeze.released_at),
        "proposed": person(freeze.release_proposed_by),
        "confirmed": person(freeze.released_by),
    }
