from typing import Any

from django.core.management.base import BaseCommand

from allocations.management.documents import sections


class Command(BaseCommand):
    help = "Print the state diagrams and tables of docs/protocol.md and docs/operations.md from the core."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write("\n\n".join(sections()))
