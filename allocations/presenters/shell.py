"""The frame of every page: navigation, who is signed in, which EnKash is behind it."""

from dataclasses import dataclass

from allocations.domain.api_tokens import can_make_token, can_revoke_others
from allocations.domain.policy import Actor, can_audit, can_export
from allocations.domain.roster import can_see_people
from allocations.presenters.numbers import counted
from allocations.presenters.times import moment
from allocations.selectors.logins import BlockedLogin
from allocations.selectors.shell import OpenWork, Recovery


@dataclass(frozen=True, slots=True)
class NavItem:
    """`page` is a URL name; `current` are the URL names that belong to it."""

    page: str
    label: str
    open: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What everybody has to know on every page."""

    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Shell:
    nav: tuple[NavItem, ...]
    name: str
    roles: str
    environment: str
    is_live: bool
    is_demo: bool
    notice: Notice | None = None
    withheld: str = ""


_RUN_PAGES = frozenset(
    {
        *("runs", "run", "run-pause", "run-stop", "run-resume", "run-cancel"),
        *("freeze", "freeze-propose", "freeze-refuse", "freeze-confirm"),
    }
)
_SECTIONS = (
    ("home", "Home", frozenset({"home"})),
    (
        "batches",
        "Batches",
        frozenset(
            {
                *("batches", "batch", "batch-new", "batch-mapping", "batch-replace", "batch-import"),
                *(
                    "batch-rows",
                    "row",
                    "batch-trail",
                    "batch-rerun",
                    "batch-export",
                    "batch-bundle",
                    "batch-submit",
                    "batch-withdraw",
                ),
                *(
                    "batch-accept",
                    "batch-accept-back",
                    "batch-leave-out",
                    "batch-leave-out-cause",
                    "batch-limits",
                    "batch-repair",
                    "repair-undo",
                    "batch-take-back",
                    "replacement-new",
                    "replacement-give-up",
                ),
                *(
                    "batch-reading",
                    "batch-reading-confirm",
                    "recipient",
                    "row-reveal",
                    "row-redeem",
                    "search",
                    "cell",
                    "cell-put-back",
                ),
                *("batch-people", "ready-views", "search-export", "view-save", "view-delete"),
                *("batch-corrections", "corrections-apply", "corrections-download", "corrections-give-up"),
            }
        ),
    ),
    (
        "approvals",
        "Approvals",
        frozenset(
            {
                *("approvals", "batch-approval", "batch-approve", "batch-send-back", "batch-changes", "sample-open"),
                *("question-ask", "question-answer", "question-take-back", "batch-sheet"),
            }
        ),
    ),
    ("runs", "Runs", _RUN_PAGES),
    (
        "exceptions",
        "Exceptions",
        frozenset(
            {
                *("exceptions", "exceptions-act", "decision", "decision-new", "decision-confirm", "decision-refuse"),
                *("decision-withdraw", "decision-evidence"),
            }
        ),
    ),
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
)
_ACCOUNTS = (
    "accounts",
    "Accounts",
    frozenset(
        {
            *("accounts", "account-balance", "account-lanes", "enkash-login"),
            *("contract", "contract-mark", "contract-export"),
        }
    ),
)
_REPORTS = ("reports", "Reports", frozenset({"reports", "report-export"}))
_POLICIES = ("policies", "Policies", frozenset({"policies", "policy-new", "policy-confirm", "policy-refuse"}))
_NOTICES = ("notices", "Notices", frozenset({"notices", "notices-mail"}))
# Who has the role sees them.
_EXPORTS = ("exports", "Exports", frozenset({"exports", "export", "export-file"}))
_AUDIT = ("audit", "Audit", frozenset({"audit"}))
_API = (
    "api-tokens",
    "API",
    frozenset(
        {
            *("api-tokens", "api-token-make", "api-token-revoke", "api-reference", "api-document"),
            *("webhooks", "webhook", "webhook-add", "webhook-rotate", "webhook-try", "webhook-pause", "webhook-resume"),
            *("webhook-remove", "webhook-send-again"),
        }
    ),
)
_PEOPLE = (
    "people",
    "People",
    frozenset(
        {
            *("people", "person", "person-invite", "person-link", "person-deactivate", "person-reactivate"),
            *("person-role-give", "person-role-take", "role-confirm", "role-refuse"),
        }
    ),
)
_ENVIRONMENTS = {"live": "LIVE", "uat": "UAT", "simulator": "SIMULATOR"}


def shell(
    actor: Actor,
    *,
    work: OpenWork,
    url_name: str,
    environment: str,
    recovery: Recovery | None = None,
    login: BlockedLogin | None = None,
    unread: int = 0,
) -> Shell:
    numbers = {
        "approvals": work.approvals,
        "runs": work.runs,
        "exceptions": work.exceptions,
        "reversals": work.reversals,
        "notices": unread,
    }
    return Shell(
        nav=tuple(
            NavItem(page=page, label=label, open=numbers.get(page, 0), is_current=url_name in pages)
            for page, label, pages in _sections(actor)
        ),
        name=actor.name,
        roles=", ".join(sorted(role.capitalize() for role in actor.roles)) or "No role",
        environment=_ENVIRONMENTS[environment],
        is_live=environment == "live",
        is_demo=environment == "simulator",
        notice=_recovery_notice(recovery, login) if recovery else _login_notice() if login else None,
        withheld=" and ".join(sorted(actor.withheld)),
    )


def _sections(actor: Actor) -> tuple[tuple[str, str, frozenset[str]], ...]:
    """The work, then what tells of it, then what it follows."""
    audit = (_AUDIT,) if can_audit(actor) else ()
    exports = (_EXPORTS,) if can_export(actor) else ()
    people = (_PEOPLE,) if can_see_people(actor) else ()
    programs = (_API,) if can_make_token(actor) or can_revoke_others(actor) else ()
    return (*_SECTIONS, _REPORTS, *exports, *audit, _NOTICES, _ACCOUNTS, _POLICIES, *people, *programs)


_TRY_LOGIN = "Compare user name and password with EnKash, then try the login once on the page Accounts."


def _login_notice() -> Notice:
    """A run that only looks up is not paused for it, so the page of the run may not say it."""
    return Notice(
        head="EnKash refuses our login.",
        text=f"Two logins in a row failed, so nothing tries again: nothing is sent or looked up. {_TRY_LOGIN}",
    )


def _recovery_notice(recovery: Recovery, login: BlockedLogin | None) -> Notice:
    left = recovery.calls_left
    doing = (
        f"The rows of {counted(left, 'call')} are still to be looked up at EnKash. Then sending goes on by itself."
        if left
        else "Everything was looked up. Sending goes on by itself when the quiet time is over."
    )
    if login and left:
        doing += f" EnKash refuses our login, so nothing is looked up until somebody acts. {_TRY_LOGIN}"
    return Notice(
        head=f"Nothing is sent: the portal recovers since {moment(recovery.since)}.",
        text="The database was restored, or lost its last entries, and may not know what was sent since. "
        f"{doing} A batch made after the backup is not here any more: compare EnKash's statement before you upload "
        "its list again.",
    )
