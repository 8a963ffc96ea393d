from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from allocations.domain.errors import DomainError
from allocations.services.roster import NewPerson, make_owner


class Command(BaseCommand):
    help = "Make somebody owner: the first one, or a second where nobody is there to confirm. The trail says so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--because", required=True, help="kept in the trail")
        parser.add_argument("--name", default="", help="first and last name of somebody new")
        parser.add_argument("--email", default="", help="e-mail address of somebody new")

    def handle(self, *_: Any, **options: Any) -> None:
        first, _, last = options["name"].partition(" ")
        new = NewPerson(username=options["username"], first_name=first, last_name=last, email=options["email"])
        try:
            invitation = make_owner(new, because=options["because"])
        except DomainError as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{new.username} is owner.")
        if invitation:
            path = reverse("account_reset_password_from_key", args=[invitation.uid, invitation.key])
            self.stdout.write(f"Choose a password, once and within three days: {settings.PORTAL_URL.rstrip('/')}{path}")
