"""Calls that go wrong by themselves, as the profile says how often."""

from collections.abc import Mapping
from typing import Any, Final

from allocations.enkash.simulator.answers import Endpoint
from allocations.enkash.simulator.chance import chance
from allocations.enkash.simulator.fault_queue import make_fault
from allocations.enkash.simulator.intake import Request
from allocations.enkash.simulator.kind import Fault
from allocations.enkash.simulator.options import Profile
from allocations.enkash.simulator.world import World

Drawn = tuple[float, str, Mapping[str, Any]]
"""Share of the calls, kind of fault, its options."""

CALM: Final[tuple[Drawn, ...]] = (
    (0.0025, "drop_after", {}),
    (0.0025, "hang", {}),
    (0.005, "error_after", {"status": 502, "page": True}),
)
STORMY: Final[tuple[Drawn, ...]] = (
    (0.03, "drop_after", {}),
    (0.02, "drop_after", {"reset": False}),
    (0.02, "drop_before", {}),
    (0.02, "hang", {}),
    (0.02, "hang", {"then": "answer"}),
    (0.03, "error_after", {"status": 502, "page": True}),
    (0.02, "error_half", {"status": 500}),
    (0.02, "error_before", {"status": 503, "page": True}),
    (0.02, "process_late", {"seconds": 1.0}),
    (0.01, "truncate", {}),
    (0.01, "truncate", {"framing": "chunked"}),
    (0.01, "truncate", {"framing": "close"}),
    (0.01, "valid_prefix", {}),
    (0.01, "html_200", {}),
    (0.01, "empty_200", {}),
    (0.01, "unauthorized", {}),
    (0.01, "throttle", {"retry_after": 1}),
    (0.01, "throttle", {"retry_after": "missing"}),
    (0.01, "wrong_content_type", {}),
    (0.005, "duplicate_keys", {}),
    (0.005, "nan", {}),
    (0.005, "invalid_utf8", {}),
    (0.005, "bom", {}),
    (0.005, "counts_wrong", {}),
    (0.005, "row_in_neither", {}),
    (0.005, "row_in_both", {}),
    (0.005, "txn_empty", {}),
    (0.02, "rows_reversed", {}),
    (0.01, "mobile_format", {"form": "plus91"}),
    (0.005, "mobile_format", {"form": "masked"}),
    (0.01, "amount_format", {"form": "float"}),
    (0.005, "insufficient_mid", {}),
    (0.01, "response_envelope", {}),
    (0.001, "extra_success", {}),
    (0.001, "double_success", {}),
    (0.001, "other_account", {}),
    (0.001, "amount_changed", {}),
    (0.001, "txn_reused", {}),
)
GUSTY: Final[tuple[Drawn, ...]] = (
    (0.04, "error_before", {"status": 503, "page": True}),
    (0.03, "drop_before", {}),
    (0.02, "hang", {"then": "answer"}),
    (0.01, "unauthorized", {}),
    (0.01, "empty_200", {}),
)
CHAOS: Final[Mapping[Endpoint, tuple[Drawn, ...]]] = {
    Endpoint.TOKEN: ((0.03, "error_before", {"status": 500}), (0.02, "hang", {"then": "answer"})),
    Endpoint.BULK: STORMY,
    Endpoint.ACCOUNT: GUSTY,
    Endpoint.TRANSACTIONS: (*GUSTY, (0.03, "lookup_empty", {}), (0.02, "lookup_status", {})),
    Endpoint.SEARCH: GUSTY,
    Endpoint.SSO: GUSTY,
    Endpoint.SINGLE: ((0.05, "drop_after", {}), (0.03, "error_after", {"status": 502, "page": True})),
}


def draw_fault(world: World, request: Request) -> Fault | None:
    """The fault that the profile and the seed hold ready for this request, if any."""
    match world.options.profile:
        case Profile.CLEAN:
            return None
        case Profile.REALISTIC:
            drawn = CALM if request.endpoint is Endpoint.BULK else ()
        case Profile.CHAOS:
            drawn = CHAOS[request.endpoint]
    left = chance(world.seed, "fault", request.endpoint, request.number)
    for share, name, options in drawn:
        left -= share
        if left < 0:
            waits: dict[str, Any] = {"seconds": world.options.hang_seconds} if name == "hang" else {}
            return make_fault(name, endpoint=request.endpoint, **waits, **options)
    return None
