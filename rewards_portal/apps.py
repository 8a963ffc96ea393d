"""The project as an app: what has to happen once, before anything runs."""

from django.apps import AppConfig

# Importing registers the checks.
from rewards_portal import checks

__all__ = ["PortalConfig", "checks"]


class PortalConfig(AppConfig):
    """Brings the start-up checks."""

    name = "rewards_portal"
