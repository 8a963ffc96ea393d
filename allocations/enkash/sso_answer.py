"""The token that opens one person's EnKash page (E/api-9796903)."""

import re

from allocations.enkash.fields import text
from allocations.enkash.strict_json import Json

_NAMES = ("accesstoken", "access_token", "ssotoken", "token")
# What can stand in an address as it is.
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{8,4096}")


def read_sso_token(payload: Json) -> str | None:
    """The payload itself, or a field of it; None where there is no token, or one that is no part of an address."""
    if isinstance(payload, str):
        found = payload
    elif isinstance(payload, dict):
        found = next((value for name in _NAMES if (value := text(payload, name))), "")
    else:
        found = ""
    return found if _TOKEN.fullmatch(found) else None
