"""Whose details a caller reads in full: as on pages, and no further than the token's scopes go."""

from allocations.api.door import Call
from allocations.domain.api_tokens import Scope
from allocations.domain.policy import can_see_personal_data
from allocations.models import Batch
from allocations.selectors.approvals import facts_of


def sees_people(call: Call, batch: Batch) -> bool:
    return can_see_personal_data(call.auth.actor, facts_of(batch))


def sees_list(call: Call, batch: Batch) -> bool:
    """What was found about a file quotes it: whoever sent it, or may read its rows."""
    return bool({Scope.ROWS, Scope.WRITE}.intersection(call.auth.token.scopes)) and sees_people(call, batch)
