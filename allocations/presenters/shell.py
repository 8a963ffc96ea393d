"""The frame of every page: navigation, who is signed in, which EnKash is behind it."""

from dataclasses import dataclass

from allocations.domain.policy import Actor
from allocations.selectors.shell import OpenWork


@dataclass(frozen=True, slots=True)
class NavItem:
    """`page` is a URL name; `current` are the URL names that belong to it."""

    page: str
    label: str
    open: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    nav: tuple[NavItem, ...]
    name: str
    roles: str
    environment: str
    is_live: bool
    is_demo: bool


_SECTIONS = (
    ("home", "Home", frozenset({"home"})),
    (
        "batches",
        "Batches",
        frozenset(
            {
                *("batches", "batch", "batch-new", "batch-mapping", "batch-replace", "batch-import"),
                *("batch-rows", "row", "batch-trail", "batch-rerun", "batch-export", "batch-submit", "batch-withdraw"),
                *("batch-leave-out", "batch-take-back"),
            }
        ),
    ),
    ("approvals", "Approvals", frozenset({"approvals", "batch-approval", "batch-approve", "batch-send-back"})),
    (
        "reversals",
        "Reversals",
        frozenset(
            {
                *("reversals", "reversal", "reversal-approve", "reversal-reject", "reversal-withdraw"),
                *("reversal-resume", "row-reverse"),
            }
        ),
    ),
    ("runs", "Runs", frozenset({"runs", "run", "run-pause", "run-resume"})),
    ("accounts", "Accounts", frozenset({"accounts", "account-balance"})),
)
_ENVIRONMENTS = {"live": "LIVE", "uat": "UAT", "simulator": "SIMULATOR"}


def shell(actor: Actor, *, work: OpenWork, url_name: str, environment: str) -> Shell:
    numbers = {"approvals": work.approvals, "reversals": work.reversals, "runs": work.runs}
    return Shell(
        nav=tuple(
            NavItem(page=page, label=label, open=numbers.get(page, 0), is_current=url_name in pages)
            for page, label, pages in _SECTIONS
        ),
        name=actor.name,
        roles=", ".join(sorted(role.capitalize() for role in actor.roles)) or "No role",
        environment=_ENVIRONMENTS[environment],
        is_live=environment == "live",
        is_demo=environment == "simulator",
    )
