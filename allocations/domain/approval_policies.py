"""How many approvers a batch needs and how much may be given: terms that one person proposes and another confirms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from allocations.domain.errors import InvalidInput, NotAllowed, StateConflict
from allocations.domain.numerals import grouped
from allocations.domain.policy import Actor, Role, permits, require_role

# As installed, before anybody agreed on other terms.
FIRST = 1
LONGEST_NOTE = 500
# What a column of the database holds, and more than anybody gives.
MOST = 10**15
MOST_AMOUNTS = 50


@dataclass(frozen=True, slots=True)
class Terms:
    """`two_from_*`: from so many on a batch needs two approvers; `most_*`: more is refused; `allowed_amounts`: no row
    gives another, in ascending order; `*_of_group`: of which at least one approver must be, where one, or two, are
    needed. None or "": no such rule. See domain.row_limits for the limits of rows."""

    two_from_points: int | None = None
    two_from_rows: int | None = None
    most_points_batch: int | None = None
    most_points_day: int | None = None
    most_points_row: int | None = None
    most_points_person_month: int | None = None
    allowed_amounts: tuple[int, ...] | None = None
    one_of_group: str = ""
    two_of_group: str = ""

    def within(self, *, most_points_batch: int, most_points_row: int) -> "Terms":
        """With the ceilings of the installation, which no policy lifts."""
        return replace(
            self,
            most_points_batch=_lower(self.most_points_batch, most_points_batch),
            most_points_row=_lower(self.most_points_row, most_points_row),
        )


TERMS = tuple(field.name for field in fields(Terms))


def _lower(limit: int | None, ceiling: int) -> int:
    return ceiling if limit is None else min(limit, ceiling)


@dataclass(frozen=True, slots=True)
class Version:
    """Terms that were agreed on, under the number by which batches name them."""

    number: int
    terms: Terms


# Approvers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Needed:
    """`why`: whole sentences. `group`: of which one approver must be; "" for none."""

    approvers: int
    why: str
    group: str = ""


def needed(terms: Terms, *, points: int, rows: int) -> Needed:
    """How many distinct approvers the batch needs."""
    asks = [
        f"it {verb} {counted}, and from {grouped(limit)} on the policy asks for two"
        for limit, found, verb, counted in (
            (terms.two_from_points, points, "gives", _counted(points, "point")),
            (terms.two_from_rows, rows, "has", _counted(rows, "row")),
        )
        if limit is not None and found >= limit
    ]
    if asks:
        group = terms.two_of_group
        return Needed(2, f"Two approvers: {'; '.join(asks)}.{_of(group, 'One of them')}", group)
    bounds = [
        _counted(limit, noun)
        for limit, noun in ((terms.two_from_points, "point"), (terms.two_from_rows, "row"))
        if limit is not None
    ]
    group, why = terms.one_of_group, "the policy never asks for a second one."
    if bounds:
        why = f"it stays below {' and '.join(bounds)}, from which the policy asks for two."
    return Needed(1, f"One approver: {why}{_of(group, 'The approver')}", group)


def _of(group: str, who: str) -> str:
    return f" {who} must be of the group “{group}”." if group else ""


def _counted(number: int, noun: str) -> str:
    return f"{grouped(number)} {noun if number == 1 else f'{noun}s'}"


# Limits ---------------------------------------------------------------------------------------------------------------


class Limit(StrEnum):
    BATCH = "batch"
    DAY = "day"
    ROW = "row"
    PERSON = "person"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Asked:
    """`largest`: points of the largest row. `given`: points of the account approved on that IST day before."""

    points: int
    largest: int
    given: int = 0


def broken(terms: Terms, asked: Asked) -> Mapping[Limit, str]:
    """The limits that the batch does not keep, each with what to do about it."""
    found: dict[Limit, str] = {}
    if terms.most_points_batch is not None and asked.points > terms.most_points_batch:
        found[Limit.BATCH] = (
            f"The list totals {grouped(asked.points)} points; the limit is {grouped(terms.most_points_batch)}. "
            "Split the list."
        )
    if terms.most_points_row is not None and asked.largest > terms.most_points_row:
        found[Limit.ROW] = (
            f"A row gives {grouped(asked.largest)} points; the limit is {grouped(terms.most_points_row)} a row. "
            "Correct the row or leave it out."
        )
    if terms.most_points_day is not None and asked.given + asked.points > terms.most_points_day:
        found[Limit.DAY] = _over_the_day(asked, terms.most_points_day)
    return found


def _over_the_day(asked: Asked, limit: int) -> str:
    if asked.points > limit:
        return (
            f"The list totals {grouped(asked.points)} points; from one account {grouped(limit)} a day can be approved. "
            "Split the list."
        )
    return (
        f"{grouped(asked.given)} points from this account were approved today, and this batch gives "
        f"{grouped(asked.points)}; the limit is {grouped(limit)} a day (IST). Approve it on another day."
    )


def check_in_force(submitted_under: int, in_force: int) -> None:
    """Nothing is approved under terms that are no longer agreed on."""
    if submitted_under != in_force:
        raise StateConflict(
            f"The batch was submitted under approval policy {submitted_under}, and policy {in_force} is in force now. "
            "No approval counts under an older one: its maker withdraws the batch and submits it again."
        )


# Changing them --------------------------------------------------------------------------------------------------------


def check_propose(actor: Actor) -> None:
    require_role(actor, Role.OWNER, act="propose an approval policy")


def check_decide_proposed(actor: Actor) -> None:
    require_role(actor, Role.OWNER, Role.APPROVER, act="decide about a proposed approval policy")


def check_confirm(actor: Actor, *, proposed_by_id: int, by_an_owner: bool) -> None:
    """`by_an_owner`: whoever proposed it is an owner still."""
    check_decide_proposed(actor)
    if actor.id == proposed_by_id:
        raise NotAllowed("You proposed this policy. Another owner or approver must confirm it.")
    if not by_an_owner:
        raise StateConflict("Who proposed this is no owner any more. Reject it; an owner can propose it again.")


can_propose = permits(check_propose)
can_decide_proposed = permits(check_decide_proposed)
can_confirm = permits(check_confirm)


def check_terms(
    terms: Terms, *, now: Terms, groups: Collection[str], most_points_batch: int, most_points_row: int
) -> None:
    """`now`: those in force; `groups`: the names of all there are; the rest are the installation's ceilings."""
    for name in TERMS:
        value = getattr(terms, name)
        if isinstance(value, int) and not 1 <= value <= MOST:
            raise InvalidInput(
                f"{grouped(value)} is no limit. Type a whole number from 1 on, or leave the field empty."
            )
    for limit, ceiling, what in (
        (terms.most_points_batch, most_points_batch, "a batch"),
        (terms.most_points_row, most_points_row, "a row"),
    ):
        if limit is not None and limit > ceiling:
            raise InvalidInput(
                f"{grouped(limit)} points for {what} is more than this installation allows: {grouped(ceiling)}. "
                "A policy can only be stricter. Type less, or leave the field empty."
            )
    _check_amounts(terms, most_points_row=_lower(terms.most_points_row, most_points_row))
    _check_groups(terms, groups)
    if terms == now:
        raise InvalidInput("These are the terms in force already. Change at least one of them.")


def _check_amounts(terms: Terms, *, most_points_row: int) -> None:
    allowed = terms.allowed_amounts
    if allowed is None:
        return
    if not 1 <= len(allowed) <= MOST_AMOUNTS:
        raise InvalidInput(
            f"These are {len(allowed)} allowed amounts; a policy names 1 to {MOST_AMOUNTS}. Shorten the list, or leave "
            "the field empty."
        )
    if allowed[0] < 1:
        raise InvalidInput("0 is no amount that a row can give. Take it out of the allowed amounts.")
    if list(allowed) != sorted(set(allowed)):
        raise InvalidInput("The allowed amounts are not in ascending order, or one of them stands twice.")
    if allowed[-1] > most_points_row:
        raise InvalidInput(
            f"{grouped(allowed[-1])} is among the allowed amounts, and a row may give {grouped(most_points_row)} "
            "points at most. Take it out, or raise that limit."
        )


def _check_groups(terms: Terms, groups: Collection[str]) -> None:
    for name in (terms.one_of_group, terms.two_of_group):
        if name and name not in groups:
            raise InvalidInput(f"There is no group of approvers “{name}”. Choose one of those shown.")
    if terms.two_of_group and (terms.two_from_points, terms.two_from_rows) == (None, None):
        raise InvalidInput(
            f"The policy never asks for two approvers, so that one of two is of “{terms.two_of_group}” says nothing. "
            "Say from how many points or rows on it does, or choose no group there."
        )


def check_note(note: str) -> None:
    if not 0 < len(note) <= LONGEST_NOTE:
        raise InvalidInput(f"Say why the policy is to change, in 1 to {LONGEST_NOTE} characters.")
