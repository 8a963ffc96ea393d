"""Lists that come as the body of a request: streamed to a temporary file, never held in memory."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings
from django.core.files import File

from allocations.api.door import Call
from allocations.api.problems import BadRequest, TooLarge
from allocations.domain.numerals import grouped

_BLOCK = 1 << 16
ENDINGS = {
    "application/x-ndjson": ".jsonl",
    "text/csv": ".csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}


@dataclass(frozen=True, slots=True)
class Received:
    file: "File[bytes]"
    name: str
    sha256: str


@contextmanager
def received(request: Call, *, name: str) -> Iterator[Received]:
    """The body as a file that is gone afterwards. Raises BadRequest and TooLarge."""
    ending = ENDINGS.get(request.content_type or "")
    if ending is None:
        raise BadRequest(f"The Content-Type is “{request.content_type}”. Send one of: {', '.join(ENDINGS)}.")
    with tempfile.TemporaryFile() as file:
        sha256 = _copy(request, file)
        file.seek(0)
        yield Received(File(file), f"{name or 'list'}{'' if name.lower().endswith(ending) else ending}", sha256)


def _copy(request: Call, file: BinaryIO) -> str:
    size, digest, most = 0, hashlib.sha256(), settings.UPLOAD_MAX_BYTES
    while block := request.read(_BLOCK):
        size += len(block)
        if size > most:
            raise TooLarge(f"The list has more than {grouped(most)} bytes. Split it.")
        digest.update(block)
        file.write(block)
    # rewards_portal.bodies counts what was announced and did not come.
    if getattr(request.META.get("wsgi.input"), "is_short", False):
        raise BadRequest("The body broke off before its end. Nothing was kept; send it again.")
    return digest.hexdigest()
