"""Answers that the database could not take: encrypted files of this machine, until it can.

A file belongs to one attempt and is named after what nobody else has in common with it, so an attempt that got the
same number in a restored database never gets its answer.
"""

import base64
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings

from allocations.enkash.transport import RawAnswer
from allocations.gateway import secrets
from allocations.models import Attempt

logger = logging.getLogger(__name__)

_SUFFIX = ".answer"


@dataclass(frozen=True, slots=True)
class Spooled:
    """An answer as it came, and when."""

    raw: RawAnswer
    answered_at: datetime


def put(attempt: Attempt, spooled: Spooled) -> bool:
    """Write the answer, whole or not at all, readable by this user only. False: the disk refuses it too."""
    path = _path(attempt)
    new = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.encrypt(_packed(spooled)))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        _sync(path.parent)
    except OSError:
        logger.exception("the answer of attempt %s could not be spooled", attempt.pk)
        return False
    return True


def get(attempt: Attempt) -> Spooled | None:
    """The answer of the attempt if this machine holds it."""
    path = _path(attempt)
    try:
        return _unpacked(secrets.decrypt(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, InvalidToken, ValueError, KeyError):
        # Kept for people: it may open with a former DATA_KEY.
        logger.exception("the spooled answer %s cannot be read", path.name)
        return None


def remove(attempt: Attempt) -> None:
    """After the commit that stored the answer."""
    try:
        _path(attempt).unlink(missing_ok=True)
    except OSError:
        logger.exception("the spooled answer of attempt %s could not be removed", attempt.pk)


def waiting() -> list[int]:
    """The numbers of the attempts whose answers are here, as the files' names tell them."""
    numbers = (path.name.partition("-")[0] for path in _folder().glob(f"*{_SUFFIX}"))
    return sorted({int(number) for number in numbers if number.isdecimal()})


def _folder() -> Path:
    return Path(settings.SPOOL_ROOT)


def _path(attempt: Attempt) -> Path:
    own = f"{attempt.worker} {attempt.payload_sha256} {attempt.sent_at.timestamp():.6f}"
    return _folder() / f"{attempt.pk}-{hashlib.sha256(own.encode()).hexdigest()[:32]}{_SUFFIX}"


def _packed(spooled: Spooled) -> bytes:
    raw = spooled.raw
    packed = {
        "answered_at": spooled.answered_at.isoformat(),
        "status": raw.status,
        "headers": dict(raw.headers),
        "seconds": raw.seconds,
        "body": base64.b64encode(raw.body).decode(),
    }
    return json.dumps(packed).encode()


def _unpacked(packed: bytes) -> Spooled:
    found = json.loads(packed)
    raw = RawAnswer(
        status=found["status"],
        headers=found["headers"],
        body=base64.b64decode(found["body"]),
        seconds=found["seconds"],
    )
    return Spooled(raw, datetime.fromisoformat(found["answered_at"]))


def _sync(folder: Path) -> None:
    """The rename itself must outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
