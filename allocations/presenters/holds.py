"""When something happens while all sending is held up."""

from allocations.selectors.holds import Hold


def when(hold: Hold, *, otherwise: str = "within a minute") -> str:
    """No time is promised before what holds everything up is over; `otherwise` where nothing does."""
    ends = [
        *(["the recovery has ended"] if hold.recovering else []),
        *(["sending is released"] if hold.frozen else []),
    ]
    return f"when {' and '.join(ends)}" if ends else otherwise
