"""Instants as they are read in India. Everything is stored in UTC and shown in IST, with the zone named."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from allocations.domain.days import IST
from allocations.presenters.numbers import NO_VALUE

# Own names: strftime would follow the machine's locale, and these the language of the page.
_MONTHS = [
    gettext_lazy("Jan"),
    gettext_lazy("Feb"),
    gettext_lazy("Mar"),
    gettext_lazy("Apr"),
    gettext_lazy("May"),
    gettext_lazy("Jun"),
    gettext_lazy("Jul"),
    gettext_lazy("Aug"),
    gettext_lazy("Sep"),
    gettext_lazy("Oct"),
    gettext_lazy("Nov"),
    gettext_lazy("Dec"),
]
_LONG_MONTHS = [
    gettext_lazy("January"),
    gettext_lazy("February"),
    gettext_lazy("March"),
    gettext_lazy("April"),
    gettext_lazy("May"),
    gettext_lazy("June"),
    gettext_lazy("July"),
    gettext_lazy("August"),
    gettext_lazy("September"),
    gettext_lazy("October"),
    gettext_lazy("November"),
    gettext_lazy("December"),
]
_WEEKDAYS = [
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
]


def moment(at: datetime | None) -> str:
    """11 Nov 2026, 14:05 IST"""
    if at is None:
        return NO_VALUE
    local = at.astimezone(IST)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M} IST"


def weekday(at: datetime) -> str:
    """Of the day in India."""
    return str(_WEEKDAYS[at.astimezone(IST).weekday()])


def short_moment(at: datetime | None, *, now: datetime) -> str:
    """11 Nov, 14:05, with the year where it is not this one: for tables whose head says IST."""
    if at is None:
        return NO_VALUE
    local = at.astimezone(IST)
    year = "" if local.year == now.astimezone(IST).year else f" {local.year}"
    return f"{local.day} {_MONTHS[local.month - 1]}{year}, {local:%H:%M}"


def clock(at: datetime | None, *, now: datetime) -> str:
    """14:05:12 IST: on live pages. Of another day, the whole moment."""
    if at is None:
        return NO_VALUE
    local = at.astimezone(IST)
    return f"{local:%H:%M:%S} IST" if local.date() == now.astimezone(IST).date() else moment(at)


def long_day(at: datetime) -> str:
    """Wednesday, 11 November 2026"""
    local = at.astimezone(IST)
    return f"{_WEEKDAYS[local.weekday()]}, {local.day} {_LONG_MONTHS[local.month - 1]} {local.year}"


def iso(at: datetime) -> str:
    """For `datetime` attributes: 2026-11-11T08:35:00Z."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def span(length: timedelta) -> str:
    """A length of time in its two largest units: 20 s, 3 min, 2 h 5 min, 2 d 19 h."""
    seconds = max(0, int(length.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": seconds}
    if seconds < 3600:
        return _("%(minutes)s min") % {"minutes": minutes}
    if days == 0:
        whole = _("%(hours)s h %(minutes)s min") if minutes else _("%(hours)s h")
        return whole % {"hours": hours, "minutes": minutes}
    whole = _("%(days)s d %(hours)s h") if hours and days < 7 else _("%(days)s d")
    return whole % {"days": days, "hours": hours}


def ago(at: datetime | None, *, now: datetime) -> str:
    """3 h 2 min ago; an addition to the time itself, never instead of it."""
    if at is None:
        return _("never")
    return _("%(span)s ago") % {"span": span(now - at)}


def financial_year(at: datetime) -> str:
    """FY 2026-27, from April to March."""
    local = at.astimezone(IST)
    first = local.year if local.month >= 4 else local.year - 1
    return _("FY %(years)s") % {"years": f"{first}-{(first + 1) % 100:02}"}


def month(at: datetime) -> str:
    """November 2026"""
    local = at.astimezone(IST)
    return f"{_LONG_MONTHS[local.month - 1]} {local.year}"


def month_start(at: datetime) -> datetime:
    return at.astimezone(IST).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def year_start(at: datetime) -> datetime:
    """1 April of the financial year."""
    local = month_start(at)
    return local.replace(year=local.year - (local.month < 4), month=4)


def about(length: timedelta) -> str:
    """An estimate, rounded up so that it does not promise: about 6 min."""
    minutes = -(-max(1, int(length.total_seconds())) // 60)
    return _("about %(span)s") % {"span": span(timedelta(minutes=minutes))}
