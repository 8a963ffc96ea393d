"""Lists that cannot be used as a whole."""

from allocations.domain.errors import InvalidInput


class FileRefused(InvalidInput):
    """One sentence says why nothing of the list is stored."""
