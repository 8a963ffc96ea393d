from typing import Any

from django.core.management.base import BaseCommand

from allocations.services import person_years


class Command(BaseCommand):
    requires_system_checks = ("models",)
    help = "Adds up anew what each person got in each financial year, for the page of people near the gift limit."

    def handle(self, *_: Any, **__: Any) -> None:
        made = person_years.rebuild()
        self.stdout.write(f"{made} years of people were added up.")
