"""Structured logs: a JSON object a line in production, readable lines in a demo, and no secrets in either."""

import re
import sys
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"authori[sz]ation|passw|secret|token|cookie|session_?key|api_?key|data_?key|private_?key|payload|body",
    re.IGNORECASE,
)


def _digits(found: re.Match[str]) -> str:
    return found["id"] or "[digits]"


# Whoever asks for a long address writes into the log: patterns that begin with a run begin where the run does, or each
# of its characters would be looked at as often as there are.
_IN_TEXT: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"""(?<!\w)(\w*(?:password|secret|token)["']?\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s,;&}\])]+)""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b(companyId|cardAccountId)=[^&\s'\")]+", re.IGNORECASE), rf"\1={HIDDEN}"),
    (re.compile(r"(://[^/\s:@]*:)[^@\s/]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?<![\w.+%'-])[\w.+%'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    # Ten digits are an Indian mobile, also inside a longer run or split in two as people write it.
    (re.compile(r"(?<![\dA-Fa-f-])(?:\+?91[\s-]?|0)?[6-9]\d{4}[\s-]?\d{5}(?!\d)"), "[mobile]"),
    # An id such as 550e8400-e29b-41d4-a716-446655440000 may end in twelve digits and is nobody's.
    (re.compile(r"\b(?P<id>[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\b|\d{10,}"), _digits),
)


def redact(_logger: WrappedLogger | None, _method: str, event: EventDict) -> EventDict:
    """Replace secrets, mobiles and e-mail addresses in every name and value of a log event."""
    return {name: _clean(value, name=name) for name, value in event.items()}


def redact_text(value: str) -> str:
    """Replace tokens, passwords, account parameters, e-mail addresses and runs of ten digits."""
    for pattern, replacement in _IN_TEXT:
        value = pattern.sub(replacement, value)
    return value


def _clean(value: object, *, name: str = "") -> object:
    if name.startswith("_"):
        return value
    if name and _SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _clean(item, name=str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    return _clean_scalar(value)


def _clean_scalar(value: object) -> object:
    if value is None or isinstance(value, bool | float):
        return value
    text = redact_text(str(value))
    return value if isinstance(value, int) and text == str(value) else text


def _short_outages(_logger: WrappedLogger | None, _method: str, event: EventDict) -> EventDict:
    """While the database is away every request fails at another line: none of them says more than the first words."""
    # Settings import this module, and nothing of the application can be imported before they are complete.
    from allocations.gateway.outages import in_a_line, is_outage  # noqa: PLC0415

    told = event.get("exc_info")
    error = told[1] if isinstance(told, tuple) else told if isinstance(told, BaseException) else sys.exc_info()[1]
    if told and error is not None and is_outage(error):
        del event["exc_info"]
        event["because"] = in_a_line(error)
    return event


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        _short_outages,
        structlog.processors.format_exc_info,
    ]


def configure() -> None:
    """Route structlog through the standard library's logging: every line passes the same formatter."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_settings(*, readable: bool, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: all to standard output, redacted last so that nothing is added after it."""
    stamp = structlog.processors.TimeStamper(fmt="%H:%M:%S" if readable else "iso", utc=not readable)
    render: Processor = (
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0) if readable else structlog.processors.JSONRenderer()
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _shared(),
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, stamp, render],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {
            # Django's own handlers would print a second copy that nobody redacts, or mail locals to admins.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # Any scanner can cause these, each with a traceback; the answer 400 is enough.
            "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": True},
            # At INFO the queue logs the arguments of every job.
            "rq.worker": {"handlers": [], "level": "WARNING", "propagate": True},
            # At INFO a printed sheet would log the letters of its names, a hundred lines each time.
            "fontTools": {"handlers": [], "level": "WARNING", "propagate": True},
            "fpdf": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
