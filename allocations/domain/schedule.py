"""When a run begins: at once, or at an instant that its maker chose and its approver signed."""

from datetime import UTC, datetime, timedelta

from allocations.domain.errors import InvalidInput

# What is approved long before it runs is no longer what anybody has in mind.
LONGEST_AHEAD = timedelta(days=31)


def check_start(start_at: datetime | None, *, now: datetime) -> None:
    """None, at once, is always possible."""
    if start_at is None:
        return
    if start_at <= now:
        raise InvalidInput("The start is in the past. Choose a later time, or leave it empty to start after approval.")
    if start_at - now > LONGEST_AHEAD:
        raise InvalidInput(f"The start is more than {LONGEST_AHEAD.days} days ahead. Choose an earlier time.")


def still_ahead(start_at: datetime | None, *, now: datetime) -> datetime | None:
    """The instant to wait for; None where there is none, or it has passed before anybody approved."""
    return start_at if start_at is not None and start_at > now else None


def start_text(start_at: datetime | None) -> str:
    """As the manifest holds it: 2026-11-11T08:35:00Z, or nothing."""
    return "" if start_at is None else f"{start_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
