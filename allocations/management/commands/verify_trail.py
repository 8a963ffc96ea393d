import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from allocations.domain.chain import GENESIS
from allocations.models import TrailEntry, TrailSeal
from allocations.services.publishing import line
from allocations.services.sealing import link_entries
from allocations.verifier.verify_bundle import Wrong, check_chain, check_seal

_BLOCK = 5_000


class Command(BaseCommand):
    help = "Follow the trail's chain from its first entry and check every seal. Ends with an error at what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--key", default="", help="the public key that you wrote down")
        parser.add_argument("--seals", type=Path, help="a file of seals that you kept, a line of JSON each")

    def handle(self, *_: Any, **options: Any) -> None:
        link_entries()
        kept = [json.loads(text) for text in options["seals"].read_text().splitlines()] if options["seals"] else []
        seals = [json.loads(line(seal)) for seal in TrailSeal.objects.all()] + kept
        sizes, heads, last = {json.loads(seal["text"])["size"] for seal in seals}, {}, 0
        try:
            for record in check_chain(_records(), (0, GENESIS)):
                last = record["number"]
                if last in sizes:
                    heads[last] = record["link"]
            for seal in seals:
                check_seal(seal, heads, last, options["key"])
        except Wrong as wrong:
            raise CommandError(str(wrong)) from wrong
        self.stdout.write(f"{last} entries are unbroken, {len(seals)} seals fit.")


def _records() -> Iterator[dict[str, Any]]:
    """Entries whose columns no longer say what their text says would show people something that was never chained."""
    entries = TrailEntry.objects.filter(number__isnull=False).order_by("number")
    for entry in entries.iterator(_BLOCK):
        said = json.loads(entry.body)
        shown = (entry.event, entry.object_type, entry.object_id, entry.batch_id, entry.actor_id, entry.data)
        actor = said["actor"]["id"] if said["actor"] else None
        if shown != (said["event"], said["object"]["type"], said["object"]["id"], said["batch"], actor, said["data"]):
            raise Wrong(f"Entry {entry.number} of the trail shows something else than its text: it was changed.")
        yield {"number": entry.number, "batch": entry.batch_id, "link": entry.link, "body": entry.body}
