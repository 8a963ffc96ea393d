import io
import socket
import time

import pytest

from allocations.enkash.timed_socket import TimedReader


def test_reader_waits_no_longer_than_is_left_and_closes_its_side():
    ours, theirs = socket.socketpair()
    with (
        ours,
        theirs,
        io.BufferedReader(
            TimedReader(ours.makefile("rb", buffering=0), sock=ours, ends_at=time.monotonic() + 60)
        ) as reader,
    ):
        theirs.sendall(b"x")
        assert reader.read(1) == b"x"
        assert 0 < ours.gettimeout() <= 60
    assert reader.closed is True


def test_reader_reads_nothing_after_the_deadline():
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb", buffering=0) as raw:
        theirs.sendall(b"x")
        with pytest.raises(TimeoutError):
            TimedReader(raw, sock=ours, ends_at=time.monotonic() - 1).readinto(memoryview(bytearray(1)))
