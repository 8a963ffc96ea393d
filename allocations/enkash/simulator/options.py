"""What can be changed while the simulator runs. Every undocumented habit of EnKash is one of these."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from allocations.enkash.simulator import demo
from allocations.enkash.simulator.drift import Drift


class Profile(StrEnum):
    """How often things go wrong by themselves."""

    CLEAN = "clean"
    REALISTIC = "realistic"
    CHAOS = "chaos"


class Shortage(StrEnum):
    """What a call gets that asks for more points than the account has."""

    ROWS = "rows"
    """Each row that does not fit fails; the others are credited."""
    WHOLE = "whole"
    """Rows before the wall are credited, then the whole answer is a refusal (HTTP 200, response_code 1)."""
    REFUSE = "refuse"
    """The sum is looked at first; nothing is credited."""


class SearchShape(StrEnum):
    """The two answers that the documentation gives for one path."""

    LIST = "list"
    OBJECT = "object"


class Encryption(StrEnum):
    """Which direction carries the {"request": ...} envelope."""

    OFF = "off"
    REQUESTS = "requests"
    BOTH = "both"


@dataclass(slots=True, kw_only=True)
class Options:
    """Seconds are floats; lanes is the number of allocating requests that may be in flight per account."""

    profile: Profile = Profile.CLEAN
    latency: float = 0.0
    jitter: float = 0.0
    visibility_lag: float = 0.0
    hang_seconds: float = 5.0
    token_life: float = 240.0
    announced_life: int = 240
    lanes: int = 1
    max_rows: int = 1000
    page_limit: int = 100
    shortage: Shortage = Shortage.ROWS
    racy_gap: float = 0.0
    echo_reference: bool = False
    bare_failures: float = 0.0
    burn_failed: bool = False
    card_required: bool = False
    lookup_mobile: bool = True
    transaction_status: str = "SUCCESS"
    search_shape: SearchShape = SearchShape.LIST
    drift: Drift = Drift.NONE
    encryption: Encryption = Encryption.OFF
    encryption_key: str = demo.ENCRYPTION_KEY

    def change(self, changes: Mapping[str, object]) -> None:
        """Sets several options, or raises ValueError and sets none."""
        types = {each.name: type(getattr(self, each.name)) for each in dataclasses.fields(self)}
        unknown = sorted(changes.keys() - types.keys())
        if unknown:
            raise ValueError(f"No option {', '.join(unknown)}; there are {', '.join(types)}.")
        converted = {name: convert(name, value, kind=types[name]) for name, value in changes.items()}
        if "profile" in converted:
            converted = PROFILES[Profile(str(converted["profile"]))] | converted
        for name, value in converted.items():
            setattr(self, name, value)


PROFILES: Mapping[Profile, dict[str, object]] = {
    Profile.CLEAN: {"jitter": 0.0, "announced_life": 240, "token_life": 240.0, "bare_failures": 0.0},
    Profile.REALISTIC: {"jitter": 0.02, "announced_life": 86399, "token_life": 240.0, "bare_failures": 0.05},
    Profile.CHAOS: {"jitter": 0.1, "announced_life": 86399, "token_life": 90.0, "bare_failures": 0.3},
}


def convert(name: str, value: object, *, kind: type) -> object:
    """The value as the option's type; a whole number may stand for seconds, a word for a choice."""
    fits = isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
    if fits:
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if issubclass(kind, StrEnum) and isinstance(value, str):
        return kind(value)
    raise ValueError(f"{name} is {value!r}; it takes {kind.__name__}.")


def for_profile(profile: Profile) -> Options:
    """Options as the profile sets them."""
    options = Options()
    options.change({"profile": profile})
    return options
