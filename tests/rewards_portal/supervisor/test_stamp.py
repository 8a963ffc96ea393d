"""A second start prepares again only when something it depends on has changed."""

import os
from pathlib import Path

import pytest

from rewards_portal.supervisor.stamp import Stamp

ENVIRONMENT = {"DATABASE_URL": "sqlite:///x", "STATIC_ROOT": "static"}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "portal.css").write_text("a")
    (tmp_path / "portal.sqlite3").touch()
    return tmp_path


def stamp(base: Path, **changes: str) -> Stamp:
    return Stamp(base, var=base, environment=ENVIRONMENT | changes)


def test_stamp_remembers_what_was_said(base: Path) -> None:
    stamp(base).write("log in as")
    assert stamp(base).read() == "log in as"


def test_stamp_is_void_before_the_first_preparation(base: Path) -> None:
    assert stamp(base).read() is None


def test_stamp_is_void_after_a_change(base: Path) -> None:
    stamp(base).write("log in as")
    os.utime(base / "static" / "portal.css", ns=(1, 1))
    assert stamp(base).read() is None


def test_stamp_is_void_for_another_database(base: Path) -> None:
    stamp(base).write("log in as")
    assert stamp(base, DATABASE_URL="postgresql:///x").read() is None


def test_stamp_is_void_without_the_database_file(base: Path) -> None:
    stamp(base).write("log in as")
    (base / "portal.sqlite3").unlink()
    assert stamp(base).read() is None
