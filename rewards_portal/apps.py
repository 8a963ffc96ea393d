"""The project as an app: what has to happen once, before anything runs."""

from importlib import import_module

from django.apps import AppConfig

# Importing registers the checks.
from rewards_portal import checks

__all__ = ["PortalConfig", "checks"]


class PortalConfig(AppConfig):
    """Brings the start-up checks and listens at the door."""

    name = "rewards_portal"

    def ready(self) -> None:
        # Models are there only now.
        import_module("rewards_portal.sign_in.receivers")
