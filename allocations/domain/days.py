"""The day as it is counted in India."""

from datetime import datetime, timedelta, timezone

IST = timezone(timedelta(hours=5, minutes=30), "IST")


def day_of(at: datetime) -> tuple[datetime, datetime]:
    """The IST day of an instant: its start, and the start of the next."""
    start = at.astimezone(IST).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """The IST month of an instant: its start, and the start of the next."""
    start = day_of(at)[0].replace(day=1)
    # No month has more than 31 days, so this is a day of the next one.
    return start, (start + timedelta(days=31)).replace(day=1)
