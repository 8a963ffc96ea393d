"""The trail as a chain that an outsider can check with any SHA-256 tool: everything that is hashed is plain text.

An entry's body is canonical JSON. Its link is SHA-256 over "number previous-link batch body-hash": the bodies of other
batches can be left out of an export and the chain still be followed, and none of the batch's own can be left out
unseen. A seal is a signed statement that the chain had a length and a head.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allocations.domain.manifest import MerkleRoot

ENTRY_VERSION = 1
SEAL_VERSION = 1
# What the first link follows.
GENESIS = "0" * 64


def canonical(value: Mapping[str, Any]) -> str:
    """Sorted keys, no spaces. Raises TypeError for a float, whose text differs from machine to machine."""
    _refuse_floats(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float. Write it as a whole number or as text.")
    if isinstance(value, Mapping):
        for held in value.values():
            _refuse_floats(held)
    elif isinstance(value, list | tuple):
        for held in value:
            _refuse_floats(held)


def instant(at: datetime) -> str:
    """UTC with microseconds, e.g. 2026-11-25T18:30:00.000000Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def link(number: int, previous: str, *, batch: int | None, body: str) -> str:
    """The hash that binds entry `number`, counted from 1, to all before it. `previous`: the link before, or GENESIS."""
    return sha256(f"{number} {previous} {'-' if batch is None else batch} {sha256(body)}")


@dataclass(frozen=True, slots=True)
class SealText:
    """What is signed: of which installation, how long its trail was, its last link, and the hash of the seal before."""

    installation: str
    size: int
    head: str
    at: str
    previous: str
    v: int = SEAL_VERSION

    def canonical(self) -> str:
        return canonical({name: getattr(self, name) for name in self.__slots__})


def outcomes_root(lines: Iterable[tuple[str, str, str]]) -> str:
    """Merkle root of what one answer said: (outcome, evidence, transaction id) of each row in the order sent."""
    tree = MerkleRoot()
    for position, (outcome, evidence, transaction_id) in enumerate(lines):
        tree.add(f"{position}:{outcome}:{evidence}:{transaction_id}".encode())
    return tree.hexdigest()
