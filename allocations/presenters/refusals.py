"""Why a button is off: the sentence that the policy would refuse with."""

from collections.abc import Callable
from typing import ParamSpec

from allocations.domain.errors import DomainError

P = ParamSpec("P")


def reason_of(check: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> str:
    """The refusal of a `check_*`, "" where it permits."""
    try:
        check(*args, **kwargs)
    except DomainError as error:
        return error.sentence
    return ""
