"""What people do about a difference between EnKash's answers and their contract: they look at it and say what it is."""

from django.db import transaction

from allocations.domain import policy
from allocations.domain.errors import InvalidInput, StateConflict
from allocations.domain.policy import Actor
from allocations.enkash.contract.wording import sentence
from allocations.gateway import database_now
from allocations.models import ContractDifference
from allocations.models.contract import Mark
from allocations.selectors.contract import found_of, open_breaking
from allocations.services import trail

LONGEST_REASON = 500
_MARKS = {Mark.KNOWN, Mark.MENDED}


def mark_difference(actor: Actor, *, difference_id: int, mark: str, reason: str) -> ContractDifference:
    """KNOWN: accepted as it is, it neither alarms nor pauses. MENDED: EnKash put it right; seen again it is open."""
    policy.check_mark_difference(actor)
    reason = reason.strip()
    if mark not in _MARKS:
        raise InvalidInput("Choose whether EnKash has mended it or it is known and stays.")
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInput(f"Say what was found out about it, in 1 to {LONGEST_REASON} characters.")
    now = database_now()
    with transaction.atomic(durable=True):
        difference = ContractDifference.objects.select_for_update().filter(pk=difference_id).first()
        if difference is None:
            raise InvalidInput(f"There is no difference {difference_id}.")
        marked = {"mark": mark, "marked_by_id": actor.id, "marked_at": now, "reason": reason}
        ContractDifference.objects.filter(pk=difference_id).update(**marked)
        trail.write_entry(
            "difference marked",
            at=now,
            object_type="contract_difference",
            object_id=difference_id,
            actor=actor,
            difference=sentence(found_of(difference)),
            mark=mark,
            reason=reason,
            seen=difference.count,
        )
    difference.refresh_from_db()
    return difference


def check_looked_at() -> None:
    """Whatever paused for a drift is resumed when people have looked: raises StateConflict while one is open."""
    if left := open_breaking().count():
        what = "difference that the portal cannot rely on is" if left == 1 else "differences of the answers are"
        raise StateConflict(
            f"{left} {what} open. An owner looks at the page EnKash contract first and marks each as mended by EnKash "
            "or as known; then resume."
        )
