"""From stored values to the cells of an export, a column of a block at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from allocations.domain.days import IST
from allocations.domain.states import RowState
from allocations.presenters.masking import masked_email, masked_mobile, masked_text

# "" where nothing is stored.
Cell = str | int | Decimal

OUTCOMES: Mapping[RowState, str] = {
    RowState.PENDING: "not sent",
    RowState.LEFT_OUT: "left out",
    RowState.SENDING: "being sent",
    RowState.CREDITED: "credited",
    RowState.FAILED: "failed",
    RowState.UNKNOWN: "unknown",
    # Both contradict themselves and wait for people; the reason says how.
    RowState.CONFLICT: "conflict",
    RowState.ANOMALY: "conflict",
    RowState.CANCELLED: "cancelled",
}


class Kind(StrEnum):
    """What a column holds: how it is shown, and whether it is personal."""

    CODE = "code"
    WORDS = "words"
    MOBILE = "mobile"
    EMAIL = "email"
    PAYLOAD_HASH = "payload_hash"
    OUTCOME = "outcome"
    REASON = "reason"
    EVIDENCE = "evidence"
    INSTANT = "instant"
    WHOLE = "whole"
    POINTS = "points"


FIGURES = frozenset({Kind.WHOLE, Kind.POINTS})


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the cells are: plain words for stored codes, and whether personal data are masked."""

    reasons: Mapping[str, str]
    evidence: Mapping[str, str]
    masked: bool = True


def cells(kind: Kind, values: Sequence[Any], reader: Reader) -> Sequence[Cell]:
    """The cells of one column. Each distinct value is shown once: times and words repeat within a chunk."""
    show = _show(kind, reader)
    if show is None:
        return ["" if value is None else value for value in values] if None in values else values
    shown = {value: "" if value is None else show(value) for value in set(values)}
    return [shown[value] for value in values]


def _show(kind: Kind, reader: Reader) -> Callable[[Any], Cell] | None:
    """None: as it is stored."""
    match kind:
        case Kind.CODE | Kind.WHOLE:
            return None
        case Kind.WORDS | Kind.MOBILE | Kind.EMAIL | Kind.PAYLOAD_HASH:
            return _MASKS[kind] if reader.masked else None
        case Kind.OUTCOME | Kind.REASON | Kind.EVIDENCE:
            words = {Kind.OUTCOME: _OUTCOMES, Kind.REASON: reader.reasons, Kind.EVIDENCE: reader.evidence}[kind]
            return lambda code: words.get(code, code)
        case Kind.INSTANT:
            return _ist_of
        case Kind.POINTS:
            return points


_OUTCOMES = {state.value: word for state, word in OUTCOMES.items()}
_MASKS: Mapping[Kind, Callable[[str], str]] = {
    Kind.WORDS: masked_text,
    Kind.MOBILE: masked_mobile,
    Kind.EMAIL: masked_email,
    # Six hidden digits are a million hashes: beside the rest of the row it would give the mobile away.
    Kind.PAYLOAD_HASH: lambda _hash: "",
}


def ist(at: datetime) -> str:
    """2026-11-11T14:05:00+05:30"""
    return at.astimezone(IST).isoformat(timespec="seconds")


def _ist_of(stored: str) -> str:
    """`stored`: as PostgreSQL or SQLite spells it; without an offset it is in UTC."""
    at = datetime.fromisoformat(stored)
    return ist(at if at.tzinfo else at.replace(tzinfo=UTC))


def points(amount: Decimal) -> int | Decimal:
    """Whole points without decimals, paise with both."""
    return int(amount) if amount == amount.to_integral_value() else amount.quantize(Decimal("0.01"))
