"""A person's own page at EnKash, where points are spent: opened for them only by who answers for all of it."""

from urllib.parse import quote

from allocations.domain.errors import StateConflict
from allocations.domain.policy import Actor, Role, permits, require_role


def check_open_page(actor: Actor, *, card_id: str, is_set_up: bool) -> None:
    """`card_id`: "" where EnKash never named one."""
    require_role(actor, Role.OWNER, act="open a person's page at EnKash")
    if not is_set_up:
        raise StateConflict("EnKash's pages are not set up. Set ENKASH_SSO_URL to their host.")
    if not card_id:
        raise StateConflict("EnKash has named no card for this row, so there is no page to open.")


def page_address(host: str, *, token: str, partner: str) -> str:
    """Where the person's rewards are (E/doc-1038569)."""
    return f"{host.rstrip('/')}/sso/{quote(token, safe='')}/employee_rewards/{quote(partner, safe='')}"


can_open_page = permits(check_open_page)
