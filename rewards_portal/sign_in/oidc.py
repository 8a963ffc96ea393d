"""One provider from the environment, or none."""

from typing import Any

PROVIDER_ID = "company"


def elsewhere(*, server_url: str, client_id: str, secret: str, name: str) -> dict[str, Any]:
    """The setting SOCIALACCOUNT_PROVIDERS."""
    if not server_url:
        return {}
    app = {
        "provider_id": PROVIDER_ID,
        "name": name,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": server_url},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
