"""Why a button is off: the sentence that the policy would refuse with."""

from collections.abc import Callable
from typing import ParamSpec

from django.utils.translation import gettext

from allocations.domain.errors import DomainError

P = ParamSpec("P")


def reason_of(check: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> str:
    """The refusal of a `check_*`, "" where it permits; in the reader's language where the domain marks it for that."""
    try:
        check(*args, **kwargs)
    except DomainError as error:
        return gettext(error.sentence)
    return ""
