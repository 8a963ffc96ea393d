from allocations.domain.policy import Actor
from allocations.selectors.accepting import warnings_of
from allocations.services.accepting import accept_warnings


def accept_all(maker: Actor, batch_id: int, *, reason: str = "Checked row by row") -> None:
    """Every kind of warning of a list that nobody has accepted yet."""
    for found in warnings_of(batch_id):
        accept_warnings(maker, batch_id=batch_id, shown=found, reason=reason)
