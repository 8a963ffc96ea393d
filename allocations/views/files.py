"""Files that are made on demand and handed out."""

import base64
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from django.http import FileResponse

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


def handed_out(made: Made, kind: str, **facts: object) -> FileResponse:
    """With its SHA-256 (RFC 9530) and `facts` as headers: Export_Rows=5 is X-Export-Rows."""
    answer = FileResponse(made.file, as_attachment=True, filename=made.name, content_type=TYPES[kind])
    answer.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(made.sha256)).decode()}:"
    for name, value in facts.items():
        answer.headers[f"X-{name.replace('_', '-')}"] = str(value)
    return answer
