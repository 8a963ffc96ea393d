"""Where a request came from, as the trail may keep it."""

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def origin(request: HttpRequest | None) -> str:
    """A keyed hash of the network address: two entries show that they came from one place, none shows which."""
    address = get_client_ip(request) if request else None
    return salted_hmac("sign-in origin", address, algorithm="sha256").hexdigest()[:16] if address else ""
