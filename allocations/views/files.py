"""Files that are made on demand and handed out."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, ParamSpec, Protocol, TypeVar

from django.conf import settings
from django.http import FileResponse
from django.utils import translation

P = ParamSpec("P")
T = TypeVar("T")

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv-exact": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class Made(Protocol):
    """A finished file at its start; the answer closes it."""

    @property
    def file(self) -> BinaryIO: ...
    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """One that a worker made."""

    file: BinaryIO
    name: str
    sha256: str


def in_english(write: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """What `write` returns. Every view has its files written here: they are evidence and read by programs, so their
    words are the same whoever fetches them."""
    with translation.override(settings.LANGUAGE_CODE):
        return write(*args, **kwargs)


def handed_out(made: Made, kind: str, **facts: object) -> FileResponse:
    """With its SHA-256 (RFC 9530) and `facts` as headers: Export_Rows=5 is X-Export-Rows."""
    answer = FileResponse(made.file, as_attachment=True, filename=made.name, content_type=TYPES[kind])
    answer.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(made.sha256)).decode()}:"
    for name, value in facts.items():
        answer.headers[f"X-{name.replace('_', '-')}"] = str(value)
    return answer
