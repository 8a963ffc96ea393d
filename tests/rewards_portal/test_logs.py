"""A corpus of what must never reach a log, and of what has to stay readable."""

import json
import logging
import logging.config
from contextlib import closing
from datetime import UTC, datetime

import pytest
import structlog

from allocations.exports.sheet_paper import Frame, Paper
from rewards_portal import logs

SECRET = [
    "Authorization: Bearer eyJhbGciOi.J9.abc-_~+/=",
    "Authorization: Basic Y2xpZW50OnNlY3JldA==",
    "{'access_token': 'abcsecret', 'expires_in': 240}",
    '{"password": "hunter2 secret"}',
    "grant_type=password&username=x&password=abcsecret",
    "client_secret=abcsecret",
    "GET /bulk?companyId=CEKsecret&cardAccountId=CAsecret",
    "redis://:abcsecret@redis:6379/0",
    "postgresql://portal:abcsecret@db/portal",
    "asha.secret+x@example.co.in",
    "to=asha.secret%40example.com",
    "mobile 9876543210",
    "mobile +919876543210",
    "mobile +91 98765 43210",
    "mobile 09876543210",
    "mobile 98765-43210",
    "x-9876543210",
    "name9876543210",
    "[9876543210,9876543211]",
    "reference 1234567890123456",
]
TRACES = ("eyJ", "Y2xpZW", "secret'", "hunter2", "abcsecret", "CEKsecret", "CAsecret", "asha", "98765", "1234567890")
KEPT = [
    "Chunk 12 of run 345 ended: 48 credited, 2 failed",
    "12,34,567 points at 2026-11-11 14:05",
    "batch 550e8400-e29b-41d4-a716-446655440000",
    "GET /health/ready/ 200 in 12.5 ms",
]


def shown(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text]


@pytest.mark.parametrize("text", SECRET)
def test_secret_is_hidden_in_text(text: str) -> None:
    assert shown(logs.redact_text(text)) == []


@pytest.mark.parametrize("text", KEPT)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert logs.redact_text(text) == text


@pytest.mark.parametrize(
    "name", ["password", "Authorization", "access_token", "client_secret", "payload", "body", "DATA_KEY"]
)
def test_value_under_a_secret_name_is_hidden(name: str) -> None:
    assert logs.redact(None, "info", {name: "anything"}) == {name: "[hidden]"}


def test_nested_values_are_hidden() -> None:
    event = {"event": "call", "rows": [{"mobile": 9876543210, "points": 500, "token": ("x",)}], "ok": True, "n": None}
    assert logs.redact(None, "info", event) == {
        "event": "call",
        "rows": [{"mobile": "[mobile]", "points": 500, "token": "[hidden]"}],
        "ok": True,
        "n": None,
    }


@pytest.fixture
def logger():
    """Log as production does; afterwards pytest's own handlers are back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield lambda **more: logging.config.dictConfig(logs.logging_settings(readable=False, level="INFO", **more))
    root.handlers[:], root.level = handlers, level


def test_line_of_any_library_is_json_without_secrets(logger, capsys) -> None:
    logger()
    logging.getLogger("some.library").warning("calling %s for %s", "https://x/?companyId=CEKsecret", 9876543210)
    line = json.loads(capsys.readouterr().out)
    assert (line["event"], line["level"], line["logger"]) == (
        "calling https://x/?companyId=[hidden] for [mobile]",
        "warning",
        "some.library",
    )


def test_printed_sheet_logs_no_letters(logger, capsys) -> None:
    logger()
    frame = Frame(title="t", head="h", warning="", foot="f", digest="d", made="m")
    with closing(Paper(frame, at=datetime(2026, 11, 11, tzinfo=UTC))) as paper:
        paper.write_text("प्रिया Rao")
        paper.output()
    assert capsys.readouterr().out == ""


def test_exception_is_logged_without_secrets(logger, capsys) -> None:
    logger()
    try:
        int("password=abcsecret for asha@example.com")
    except ValueError:
        structlog.get_logger("x").exception("failed")
    written = capsys.readouterr().out
    assert (shown(written), json.loads(written)["exception"].splitlines()[-1]) == (
        [],
        "ValueError: invalid literal for int() with base 10: 'password=[hidden] for [e-mail]'",
    )
