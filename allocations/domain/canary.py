"""The first rows of a run go alone: only when EnKash's own list shows their credits does the rest follow."""

from enum import StrEnum


class Canary(StrEnum):
    """NONE: the run has no such rows. ACCEPTED: a person let the rest follow although something was not as expected."""

    NONE = ""
    WAITING = "waiting"
    VERIFIED = "verified"
    ACCEPTED = "accepted"
