"""What stays of a batch whose personal data were erased: its figures, references, outcomes, votes and trail."""

from allocations.domain.errors import StateConflict

# Stands where the hash of a row's payload stood: beside the rest of the row that would give a mobile away.
ERASED = "erased"
# Whatever a shorter time would save, disputes about points take longer.
SHORTEST_DAYS = 90


def check_not_erased(*, is_erased: bool) -> None:
    """Rows without a person can be neither changed nor sent nor taken back."""
    if is_erased:
        raise StateConflict(
            "The personal data of this batch were erased, so the portal no longer knows who is in it. "
            "Upload a list as a new batch."
        )
