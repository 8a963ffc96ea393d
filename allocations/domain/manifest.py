"""What an approver signs: the exact bytes of every row, their Merkle root, and a digest over it all.

Everything here is pure and canonical: the same rows give the same bytes on every machine.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from json.encoder import encode_basestring as _quoted
from typing import Any

from allocations.domain.accepting import Accepted

PAYLOAD_VERSION = "1"
# 2 added the start, 3 the accepted warnings and the approval policy, 4 the batch it is compared with. A digest is taken
# over the stored text, so those of older manifests hold as they are.
MANIFEST_VERSION = "4"
# Which rules read the list; a whole number that grows.
PARSER_VERSION = "1"


def payload_bytes(
    *, title: str, name: str, email: str, mobile: str, amount: int, remarks: str, reference: str
) -> bytes:
    """One element of the bulk call's JSON array, as it is sent on every attempt. Optional empty fields are left out."""
    # Put together by hand, which takes a tenth of what an encoder takes for a row; tests hold it against one.
    before = f'"title":{_quoted(title)},' if title else ""
    before += f'"name":{_quoted(name)},' if name else ""
    before += f'"email":{_quoted(email)},' if email else ""
    before += f'"mobile":{_quoted(mobile)},' if mobile else ""
    after = f',"remarks":{_quoted(remarks)}' if remarks else ""
    after += f',"uniqueReferenceNumber":{_quoted(reference)}' if reference else ""
    return f'{{{before}"loadAmount":{amount:d}{after}}}'.encode()


def payload_hash(payload: bytes) -> str:
    """SHA-256 of one payload, hexadecimal."""
    return hashlib.sha256(payload).hexdigest()


def request_body(payloads: Iterable[bytes]) -> bytes:
    """The bulk call's body: a bare JSON array of the payloads, byte for byte."""
    return b"[" + b",".join(payloads) + b"]"


class MerkleRoot:
    """RFC 6962 tree hash over leaves that come one by one; memory grows with the logarithm of their number."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        size, digest = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while self._peaks and self._peaks[-1][0] == size:
            digest = hashlib.sha256(b"\x01" + self._peaks.pop()[1] + digest).digest()
            size *= 2
        self._peaks.append((size, digest))

    def hexdigest(self) -> str:
        if not self._peaks:
            return hashlib.sha256(b"").hexdigest()
        digest = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            digest = hashlib.sha256(b"\x01" + peak + digest).digest()
        return digest.hex()


def leaf(number: int, payload_sha256: str) -> bytes:
    """A row as a leaf of the Merkle tree: its number in the file and the hash of its payload."""
    return f"{number}:{payload_sha256}".encode()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The frozen content of a submitted batch. Points are whole; `mobile_total` sums the last six digits mod 10^10."""

    batch: int
    version: int
    company_id: str
    card_account_id: str
    is_points_allocation: bool
    purpose: str
    rows: int
    points: int
    left_out: int
    mobile_total: int
    merkle_root: str
    file_sha256: str
    file_name: str
    parser_version: str
    uploaded_by: int
    submitted_by: int
    editors: tuple[int, ...]
    # schedule.start_text; "" for at once.
    start_at: str = ""
    # Warnings that go by the maker's word.
    accepted: tuple[Accepted, ...] = ()
    # The approval policy that it was submitted under, how many approvers that asks for, and where it names a group, of
    # which one of them must be.
    policy: Mapping[str, int | str] = field(default_factory=lambda: {"version": 1, "approvers": 1})
    # The batch beside which approvers see it; None for the first one of its account.
    compared: int | None = None
    payload_version: str = PAYLOAD_VERSION
    manifest_version: str = MANIFEST_VERSION

    def canonical(self) -> str:
        """Sorted keys, no spaces, no floats: the text whose SHA-256 is the digest."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def needs_newer_code(manifest: Mapping[str, Any]) -> bool:
    """Whether this code may be too old to send what was approved: other payload bytes, or rules it does not know."""
    parser = str(manifest["parser_version"])
    # Lists read before the rules were numbered name the code's version, such as 0.1.0.
    newer_rules = parser.isdecimal() and int(parser) > int(PARSER_VERSION)
    return manifest["payload_version"] != PAYLOAD_VERSION or newer_rules


def digest(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()


def short_code(digest_hex: str) -> str:
    """The digest as people say it on the phone: eight base32 characters in two groups, e.g. K7QF-29MD."""
    letters = base64.b32encode(bytes.fromhex(digest_hex)[:5]).decode()
    return f"{letters[:4]}-{letters[4:]}"
