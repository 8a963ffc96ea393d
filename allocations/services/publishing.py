"""Copies of seals where the portal cannot change them: a file, the auditors' mail. Only they show a cut trail."""

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.core.mail import send_mail

from allocations.domain.chain import sha256
from allocations.domain.numerals import grouped
from allocations.models import TrailSeal

logger = structlog.get_logger(__name__)


def publish_seals(*, now: datetime) -> int:
    """Sends what was not sent yet, oldest first; returns how many. What fails is tried again with the next round."""
    published = 0
    for seal in TrailSeal.objects.filter(published_at__isnull=True).order_by("size"):
        try:
            _publish(seal)
        except OSError as error:
            logger.warning("a seal could not be published", size=seal.size, error=str(error))
            break
        TrailSeal.objects.filter(pk=seal.pk, published_at__isnull=True).update(published_at=now)
        published += 1
    return published


def line(seal: TrailSeal) -> str:
    """A seal as one line of JSON, as bundles hold it and the verifier reads it."""
    record = {"text": seal.text, "signature": seal.signature, "public_key": seal.public_key}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _publish(seal: TrailSeal) -> None:
    """Raises OSError. The file comes first: where the mail then fails it gets the line again, which harms nobody."""
    if settings.TRAIL_SEALS_FILE:
        _append(Path(settings.TRAIL_SEALS_FILE), line(seal))
    if settings.TRAIL_SEALS_MAIL:
        send_mail(
            f"Rewards portal: trail sealed at {grouped(seal.size)} entries",
            "Keep this message. It proves that the first "
            f"{grouped(seal.size)} entries of the trail were as they are now, and that none was taken out later.\n\n"
            f"{line(seal)}\n\nSHA-256 of the seal's text: {sha256(seal.text)}\n",
            None,
            settings.TRAIL_SEALS_MAIL,
        )


def _append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        # A pipe or /dev/stdout cannot be synced.
        with suppress(OSError):
            os.fsync(file.fileno())
