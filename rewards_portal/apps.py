"""The project as an app, so that its start-up checks are registered before anything runs."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registers nothing by itself yet; see checks.py."""

    name = "rewards_portal"
