"""An owner who looks at how EnKash's answers differ."""

from allocations.models import ContractDifference
from allocations.services import contract
from tests.factories.people import UserFactory, known


def mark_all(mark: str = "mended") -> int:
    """Marks everything that is open; how many that were."""
    found = list(ContractDifference.objects.filter(mark="open").values_list("pk", flat=True))
    if found:
        owner = known(UserFactory(roles=("owner",)))
        for pk in found:
            contract.mark_difference(owner, difference_id=pk, mark=mark, reason="EnKash said so.")
    return len(found)
