"""Bodies of requests: JSON, and lists, which are streamed to a temporary file and never held in memory."""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files import File
from django.http import HttpRequest
from ninja.parser import Parser

from allocations.api.door import Call
from allocations.api.problems import BadRequest, TooLarge
from allocations.domain.numerals import grouped
from allocations.domain.problems import quoted

_BLOCK = 1 << 16
# Ten thousand rows with seven fields each have fewer.
_MOST_NAMES = 75_000
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


class OnceNamed(Parser):
    """JSON in which no name stands twice: of two amounts nobody knows which was meant."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        _insist_on_plain(request)
        found: dict[str, Any] = json.loads(request.body, object_pairs_hook=_Objects().take)
        return found


class _Objects:
    """All of one body. Each name that is amiss is an error with a memory of its own, so there is a most of them."""

    def __init__(self) -> None:
        self._names = 0

    def take(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._names += len(pairs)
        if self._names > _MOST_NAMES:
            raise BadRequest(f"The body has more than {grouped(_MOST_NAMES)} fields, which no request has.")
        found = dict(pairs)
        if len(found) < len(pairs):
            ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
            raise BadRequest(f"The body has the field “{quoted(twice)}” twice in one object. Nothing was done.")
        return found


def _insist_on_plain(request: HttpRequest) -> None:
    packed = request.headers.get("Content-Encoding", "identity")
    if packed.lower() != "identity":
        raise BadRequest(f"The body is packed (Content-Encoding: {quoted(packed)}). Send it as it is.")


@contextmanager
def received(request: Call, *, name: str) -> Iterator[Received]:
    """The body as a file that is gone afterwards. Raises BadRequest and TooLarge."""
    _insist_on_plain(request)
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
    # rewards_portal.inputs counts what was announced and did not come.
    if getattr(request.META.get("wsgi.input"), "is_short", False):
        raise BadRequest("The body broke off before its end. Nothing was kept; send it again.")
    return digest.hexdigest()
