from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocations.enkash.transport import RawAnswer
from allocations.gateway import spool
from allocations.gateway.spool import Spooled
from allocations.models import Attempt

NOW = datetime(2026, 11, 11, 8, 35, tzinfo=UTC)
ANSWER = Spooled(RawAnswer(200, {"content-type": "application/json"}, b'{"mobile": "9876500001"}\xff', 1.5), NOW)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.SPOOL_ROOT = tmp_path / "deep" / "spool"
    return settings.SPOOL_ROOT


def attempt(**fields) -> Attempt:
    return Attempt(**{"pk": 7, "worker": "one", "payload_sha256": "ab" * 32, "sent_at": NOW, **fields})


def test_a_spooled_answer_comes_back_as_it_was_until_it_is_removed():
    assert spool.put(attempt(), ANSWER)
    assert (spool.get(attempt()), spool.waiting()) == (ANSWER, [7])
    spool.remove(attempt())
    spool.remove(attempt())
    assert (spool.get(attempt()), spool.waiting()) == (None, [])


def test_a_spooled_answer_is_encrypted_and_closed_to_others(folder: Path):
    spool.put(attempt(), ANSWER)
    (file,) = folder.iterdir()
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"98765" not in file.read_bytes()


def test_a_second_put_replaces_the_first_and_a_torn_one(folder: Path):
    spool.put(attempt(), ANSWER)
    (file,) = folder.iterdir()
    file.with_suffix(".new").write_bytes(b"torn")
    later = Spooled(RawAnswer(500, {}, b"", 0.1), NOW)
    assert spool.put(attempt(), later)
    assert (spool.get(attempt()), len(list(folder.iterdir()))) == (later, 1)


@pytest.mark.parametrize(
    "other", [{"worker": "two"}, {"payload_sha256": "cd" * 32}, {"sent_at": NOW.replace(minute=36)}]
)
def test_another_attempt_with_the_same_number_does_not_get_it(other):
    """F61: numbers come again after a restore."""
    spool.put(attempt(), ANSWER)
    assert spool.get(attempt(**other)) is None


@pytest.mark.parametrize("content", [b"", b"gAAAA torn", "sealed"])
def test_a_file_that_cannot_be_read_is_no_answer_and_stays(folder: Path, content):
    spool.put(attempt(), ANSWER)
    (file,) = folder.iterdir()
    file.write_bytes(spool.secrets.encrypt(b"{}") if content == "sealed" else content)
    assert spool.get(attempt()) is None
    assert file.exists()


def test_a_disk_that_refuses_is_told_not_raised(folder: Path):
    """F25."""
    folder.parent.mkdir()
    folder.write_text("no folder")
    assert not spool.put(attempt(), ANSWER)
    spool.remove(attempt())
    assert spool.get(attempt()) is None
    assert spool.waiting() == []
