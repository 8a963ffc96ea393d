"""What one complete HTTP answer of EnKash amounts to, whichever call it answers."""

from dataclasses import dataclass, field
from enum import StrEnum

from allocations.enkash.strict_json import Json


class AnswerKind(StrEnum):
    """The class of an answer. Only ROWS carries proofs; only the three marked ones presume no effect."""

    ROWS = "rows"
    """HTTP 200 and code 0: the payload speaks, row by row."""
    REFUSED_WHOLE = "refused_whole"
    """Presumed without effect: a documented refusal of the whole call."""
    UNAUTHORIZED = "unauthorized"
    """Presumed without effect: the token or the caller is not accepted."""
    THROTTLED = "throttled"
    """Presumed without effect: asked to wait."""
    INSUFFICIENT_BALANCE = "insufficient_balance"
    """Rows before the wall may have been credited."""
    REDIRECTED = "redirected"
    """3xx, never followed."""
    SERVER_ERROR = "server_error"
    """5xx and every status without a rule of its own."""
    UNREADABLE = "unreadable"
    """Not the documented answer, or a contradiction."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer's envelope. `code` is None if not readable, `retry_after` seconds; keys are lower-case."""

    kind: AnswerKind
    code: int | None = None
    message: str = ""
    payload: Json = field(default=None, repr=False)
    retry_after: float | None = None
    notes: tuple[str, ...] = ()
