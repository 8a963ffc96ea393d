"""EnKash's login after two failures: a person who mended the cause lets it be tried once more."""

from django.db import transaction

from allocations import gateway as gateways
from allocations.domain import policy
from allocations.domain.errors import DomainError, StateConflict
from allocations.domain.policy import Actor
from allocations.enkash.errors import EnkashError
from allocations.gateway.tokens import allow_one_more_login
from allocations.services import trail


class LoginFailed(DomainError):
    """EnKash did not accept the login this time either."""


def try_login_once(actor: Actor) -> None:
    """One try, counted before it is made. Raises LoginFailed with what EnKash or the connection said."""
    policy.check_try_login(actor)
    portal = gateways.build()
    now = portal.clock()
    with transaction.atomic(durable=True):
        if not allow_one_more_login(now=now):
            raise StateConflict("EnKash's login is not blocked, or is being tried right now: nothing was done.")
        trail.write_entry("login allowed once", at=now, object_type="token", object_id=1, actor=actor)
    try:
        portal.client.token(0)
    except EnkashError as error:
        raise LoginFailed(
            f"The login failed again: {error} Compare user name and password with EnKash before the next try."
        ) from error
