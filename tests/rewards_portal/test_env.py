from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from rewards_portal import env

USE = "Set it."


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (lambda: env.text("X", use=USE), "a b", "a b"),
        (lambda: env.text("X", use=USE, default="d"), None, "d"),
        (lambda: env.whole("X", use=USE, default=5), None, 5),
        (lambda: env.whole("X", use=USE, default=5), "7", 7),
        (lambda: env.whole("X", use=USE, default=5, minimum=0), "0", 0),
        (lambda: env.seconds("X", use=USE, default=5), "0.5", 0.5),
        (lambda: env.flag("X", use=USE, default=False), "on", True),
        (lambda: env.flag("X", use=USE, default=True), "no", False),
        (lambda: env.words("X", use=USE), "a, b,,c ", ["a", "b", "c"]),
        (lambda: env.words("X", use=USE, default=""), None, []),
        (lambda: env.weekdays("X", use=USE, default="mon,sat"), None, [1, 6]),
        (lambda: env.weekdays("X", use=USE, default="mon"), "Sun, tue", [7, 2]),
        (lambda: env.choice("X", use=USE, options=("a", "b")), "b", "b"),
        (lambda: env.choice("X", use=USE, options=("a", "b"), default="a"), None, "a"),
    ],
)
def test_value_is_read(monkeypatch, read: Callable[[], Any], value: str | None, expected: object) -> None:
    if value is not None:
        monkeypatch.setenv("X", value)
    assert read() == expected


@pytest.mark.parametrize(
    ("read", "value", "problem"),
    [
        (lambda: env.text("X", use=USE), None, "X is not set. Set it."),
        (lambda: env.text("X", use=USE), "", "X is empty. Set it."),
        (lambda: env.words("X", use=USE), ",", "X names nothing. Set it."),
        (lambda: env.whole("X", use=USE, default=5), "0", "X is 0; the least is 1. Set it."),
        (lambda: env.whole("X", use=USE, default=5), "5.5", "X is '5.5', not a whole number. Set it."),
        (lambda: env.seconds("X", use=USE, default=5), "0", "X is 0.0; it is more than 0 seconds. Set it."),
        (lambda: env.seconds("X", use=USE, default=5), "nan", "X is 'nan', not a number of seconds. Set it."),
        (lambda: env.seconds("X", use=USE, default=5), "soon", "X is 'soon', not a number of seconds. Set it."),
        (lambda: env.flag("X", use=USE, default=False), "maybe", "X is 'maybe', not on or off. Set it."),
        (
            lambda: env.weekdays("X", use=USE, default="mon"),
            "mon,monday",
            "X names 'monday'; a day is one of mon, tue, wed, thu, fri, sat, sun. Set it.",
        ),
        (lambda: env.choice("X", use=USE, options=("a", "b")), "c", "X is 'c'; it is one of a, b. Set it."),
    ],
)
def test_wrong_value_stops_with_its_name(monkeypatch, read: Callable[[], Any], value: str | None, problem: str) -> None:
    if value is not None:
        monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert str(caught.value) == problem


def test_file_fills_what_is_not_set(monkeypatch, tmp_path: Path) -> None:
    path = tmp_path / "portal.env"
    path.write_text("X=file\nY=file\n")
    monkeypatch.setenv("X", "outer")
    monkeypatch.setenv("Y", "removed after the test")
    monkeypatch.delenv("Y")
    env.read_file(path, unless="Z")
    assert [env.text(name, use=USE) for name in ("X", "Y")] == ["outer", "file"]


def test_file_is_left_alone_when_the_environment_configures_itself(monkeypatch, tmp_path: Path) -> None:
    path = tmp_path / "portal.env"
    path.write_text("X=file\n")
    monkeypatch.setenv("Z", "set")
    env.read_file(path, unless="Z")
    assert env.text("X", use=USE, default="none") == "none"
