"""Faults in the bytes of an answer and in their way over the wire."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final, Literal

from allocations.enkash.simulator.answers import Answer
from allocations.enkash.simulator.kind import Kind
from allocations.enkash.simulator.wire import Dropped, Framing, Slow, Streamed, Truncated
from allocations.enkash.simulator.work import Stage

MEBIBYTE: Final = 2**20
BOM: Final = b"\xef\xbb\xbf"


def drop(answer: Answer, *, reset: bool = True) -> Answer:
    return replace(answer, wire=Dropped(reset))


def hang(answer: Answer, *, seconds: float = 5.0, then: Literal["answer", "drop"] = "drop") -> Answer:
    silent = replace(answer, delay=seconds)
    return drop(silent) if then == "drop" else silent


def slow_loris(answer: Answer, *, step: int = 1, pause: float = 1.0) -> Answer:
    return replace(answer, wire=Slow(step, pause))


def truncate(answer: Answer, *, framing: str = "length", share: float = 0.5) -> Answer:
    """framing: length, chunked or close; share: the part of the body that is sent."""
    return replace(answer, wire=Truncated(Framing(framing), share))


def wrong_content_type(answer: Answer, *, content_type: str = "text/plain") -> Answer:
    return replace(answer, content_type=content_type)


def insert(answer: Answer, member: bytes) -> Answer:
    """The document with one more member at its front."""
    return replace(answer, edit=lambda text: text.replace(b"{", b"{" + member + b",", 1))


def duplicate_keys(answer: Answer) -> Answer:
    return insert(answer, b'"code":1,"response_code":1,"payload":{},"code":0')


def nan(answer: Answer, *, value: str = "NaN") -> Answer:
    return insert(answer, b'"note":' + value.encode())


def huge_number(answer: Answer, *, digits: int = 100_000) -> Answer:
    return insert(answer, b'"note":' + b"9" * digits)


def deep_nesting(answer: Answer, *, depth: int = 1_000_000) -> Answer:
    return insert(answer, b'"note":' + b"[" * depth + b"]" * depth)


def invalid_utf8(answer: Answer) -> Answer:
    return insert(answer, b'"note":"\xff\xfe"')


def lone_surrogate(answer: Answer) -> Answer:
    return insert(answer, b'"note":"\\ud800"')


def bom(answer: Answer) -> Answer:
    return replace(answer, edit=lambda text: BOM + text)


def huge_body(answer: Answer, *, size: int = 500 * MEBIBYTE) -> Answer:
    return replace(answer, wire=Streamed(partial(filler, size)))


def gzip_bomb(answer: Answer, *, size: int = 300 * MEBIBYTE) -> Answer:
    """size: bytes after inflating."""
    headers = (*answer.headers, ("Content-Encoding", "gzip"))
    return replace(answer, headers=headers, wire=Streamed(partial(bomb, size)))


def filler(size: int) -> Iterable[bytes]:
    """A JSON document of about `size` bytes, all in one string."""
    yield b'{"code":0,"message":"'
    for _ in range(size // MEBIBYTE):
        yield b"a" * MEBIBYTE
    yield b'","payload":{}}'


def bomb(size: int) -> Iterable[bytes]:
    """The filler, gzipped."""
    packer = zlib.compressobj(wbits=31)
    for chunk in filler(size):
        yield packer.compress(chunk)
    yield packer.flush()


KINDS: Final[Mapping[str, Kind]] = {
    "drop_before": Kind(stage=Stage.NONE, change=drop),
    "drop_after": Kind(change=drop),
    "hang": Kind(change=hang),
    "slow_loris": Kind(change=slow_loris),
    "truncate": Kind(change=truncate),
    "wrong_content_type": Kind(change=wrong_content_type, is_answer=True),
    "duplicate_keys": Kind(change=duplicate_keys),
    "nan": Kind(change=nan),
    "huge_number": Kind(change=huge_number),
    "deep_nesting": Kind(change=deep_nesting),
    "huge_body": Kind(change=huge_body),
    "gzip_bomb": Kind(change=gzip_bomb),
    "invalid_utf8": Kind(change=invalid_utf8),
    "lone_surrogate": Kind(change=lone_surrogate),
    "bom": Kind(change=bom, is_answer=True),
}
