"""A freeze in words, and what this person can do about it."""

from dataclasses import dataclass

from allocations.domain.policy import Actor, check_confirm_release, check_freeze, check_propose_release
from allocations.models import Freeze
from allocations.presenters.refusals import reason_of
from allocations.presenters.stories import person
from allocations.presenters.times import moment


@dataclass(frozen=True, slots=True)
class Banner:
    """What every page shows while sending is frozen."""

    sentence: str
    reason: str


def banner(freeze: Freeze | None) -> Banner | None:
    if freeze is None:
        return None
    return Banner(f"{person(freeze.frozen_by)} froze all sending, {moment(freeze.frozen_at)}.", freeze.reason)


@dataclass(frozen=True, slots=True)
class Switch:
    """`act`: freeze, propose or confirm, whatever is next; `why_not`: what keeps this person from it, or ""."""

    act: str
    why_not: str
    proposed: str = ""


def switch(freeze: Freeze | None, actor: Actor) -> Switch:
    if freeze is None:
        return Switch("freeze", reason_of(check_freeze, actor))
    if freeze.release_proposed_by is None:
        return Switch("propose", reason_of(check_propose_release, actor))
    said = f"{person(freeze.release_proposed_by)} proposed the release, {moment(freeze.release_proposed_at)}."
    return Switch("confirm", reason_of(check_confirm_release, actor, freeze.release_proposed_by.pk), said)


def past(freeze: Freeze) -> str:
    """One freeze that is over, as a line."""
    return (
        f"{person(freeze.frozen_by)} froze all sending: “{freeze.reason}”. Released {moment(freeze.released_at)}, "
        f"proposed by {person(freeze.release_proposed_by)}, confirmed by {person(freeze.released_by)}."
    )
