from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from allocations import triggers


def make_way(*, using: str, **_: Any) -> None:
    triggers.make_way(connections[using])


def install_triggers(*, using: str, **_: Any) -> None:
    triggers.install(connections[using])


class AllocationsConfig(AppConfig):
    name = "allocations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pre_migrate.connect(make_way, sender=self, dispatch_uid="allocations.triggers")
        post_migrate.connect(install_triggers, sender=self, dispatch_uid="allocations.triggers")
