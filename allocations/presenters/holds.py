"""When something happens while all sending is held up."""

from django.utils.translation import gettext as _

from allocations.selectors.holds import Hold


def when(hold: Hold, *, otherwise: str | None = None) -> str:
    """No time is promised before what holds everything up is over; `otherwise` where nothing does, None
    for within a minute."""
    if hold.recovering and hold.frozen:
        return _("when the recovery has ended and sending is released")
    if hold.recovering:
        return _("when the recovery has ended")
    if hold.frozen:
        return _("when sending is released")
    return _("within a minute") if otherwise is None else otherwise
