from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from allocations.models import Account
from allocations.services.people import DEMO_PEOPLE, create_demo_people


class Command(BaseCommand):
    help = "Create the marked demo people and the demo reward account. Only with the EnKash simulator."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", required=True)

    def handle(self, *_: Any, **options: Any) -> None:
        if settings.ENKASH_ENVIRONMENT != "simulator":
            raise CommandError("Demo people exist only beside the simulator. Set ENKASH_ENVIRONMENT=simulator.")
        created = create_demo_people(password=options["password"])
        account, fresh = Account.objects.get_or_create(
            company_id=settings.ENKASH_COMPANY_ID,
            card_account_id=settings.ENKASH_CARD_ACCOUNT_ID,
            defaults={"name": "Demo rewards account", "chunk_size": settings.ENKASH_CHUNK_SIZE},
        )
        if fresh:
            account.lanes.create(number=1)
        self.stdout.write(f"{len(created)} demo people created, {len(DEMO_PEOPLE)} in all; account “{account.name}”.")
